import { median } from '../measure.js';

const QUESTIONS = 400;

/** The middle of so many calls, one after the other, in microseconds. */
export async function middleOf(ids: readonly string[], ask: (id: string) => Promise<unknown>): Promise<number> {
  const taken: number[] = [];
  for (let turn = 0; turn < QUESTIONS; turn += 1) {
    const start = process.hrtime.bigint();
    await ask(ids[turn % ids.length] as string);
    taken.push(Number(process.hrtime.bigint() - start) / 1_000);
  }
  return median(taken.sort((a, b) => a - b));
}
