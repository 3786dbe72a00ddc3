/** How long and how often is measured; `BENCH_ROUNDS=9 BENCH_SECONDS=10 npm run bench` is steadier, and takes longer. */
const number = (name: string, usual: number): number => {
  const value = Number(process.env[name] ?? usual);
  if (!(value > 0)) throw new Error(`${name} must be a number above 0`);
  return value;
};

export const settings = {
  rounds: number('BENCH_ROUNDS', 5),
  seconds: number('BENCH_SECONDS', 3),
  warmSeconds: number('BENCH_WARM_SECONDS', 2),
  warmAnswers: number('BENCH_WARM_ANSWERS', 15_000),
  /** The larger of the two sizes between which nothing may change. */
  manyKeys: number('BENCH_KEYS', 1_000_000),
  /** Only contestants whose name holds this. */
  only: process.env['BENCH_ONLY'] ?? '',
} as const;
