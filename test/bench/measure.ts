import { cpus } from 'node:os';

/** Measuring in one process, in turns: whatever disturbs the machine disturbs every subject alike. */

/** What is measured: one call of it is one operation. The turn varies what is asked, so that no answer can be foreseen. */
export interface Subject {
  readonly name: string;
  readonly run: (turn: number) => boolean;
}

/** A subject's nanoseconds for one operation, over all rounds. */
export interface Measured {
  readonly name: string;
  readonly median: number;
  readonly fastest: number;
  readonly slowest: number;
}

export interface Rounds {
  readonly rounds: number;
  /** How long one subject runs in one round. */
  readonly milliseconds: number;
}

const BATCH = 2_000;

/** Runs one subject for that long; nanoseconds for one operation. */
function once({ run }: Subject, milliseconds: number): number {
  const end = BigInt(milliseconds) * 1_000_000n;
  const start = process.hrtime.bigint();
  let turns = 0;
  let yes = 0;
  let taken: bigint;
  do {
    for (let turn = 0; turn < BATCH; turn += 1) if (run(turn)) yes += 1;
    turns += BATCH;
    taken = process.hrtime.bigint() - start;
  } while (taken < end);
  // The answers are used, or the compiler may leave the work out.
  if (yes > turns) throw new Error('more answers than questions');
  return Number(taken) / turns;
}

/** The middle one of sorted numbers; of an even count the upper one. */
export const median = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length / 2)] ?? NaN;

/** Measures all subjects in turns, after a round that is thrown away. */
export function measure(subjects: readonly Subject[], { rounds, milliseconds }: Rounds): readonly Measured[] {
  const taken = new Map(subjects.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const subject of subjects) {
      const nanoseconds = once(subject, milliseconds);
      if (round > 0) taken.get(subject.name)?.push(nanoseconds);
    }
  }
  return [...taken].map(([name, times]) => {
    const sorted = times.sort((left, right) => left - right);
    return { name, median: median(sorted), fastest: sorted[0] ?? NaN, slowest: sorted.at(-1) ?? NaN };
  });
}

/** What it was measured with: figures without it say nothing. */
export const machine = (): string => {
  const [{ model } = { model: 'an unknown processor' }, ...others] = cpus();
  return `Node ${process.version} (V8 ${process.versions.v8}) on ${process.platform} ${process.arch}, ${1 + others.length} × ${model}`;
};

const columns = ['', 'ns/op', '× the first', 'fastest', 'slowest', 'spread'] as const;

/** A table to be read; the first line is what the others are compared with. */
export function table(lines: readonly Measured[]): string {
  const unit = lines[0]?.median ?? NaN;
  const rows = lines.map(({ name, median: middle, fastest, slowest }) => [
    name,
    middle.toFixed(1),
    (middle / unit).toFixed(1),
    fastest.toFixed(1),
    slowest.toFixed(1),
    `${(((slowest - fastest) / middle) * 100).toFixed(0)} %`,
  ]);
  const all = [columns, ...rows];
  const widths = columns.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('   ');
  return all.map(line).join('\n');
}
