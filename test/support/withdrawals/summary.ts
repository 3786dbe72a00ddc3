import type { Answered } from './withdrawAll.js';

/** The middle one, in milliseconds. */
export function median(of: readonly { readonly took: number }[]): number {
  const sorted = of.map(({ took }) => took).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

export const longest = (of: readonly { readonly took: number }[]): number => Math.max(...of.map(({ took }) => took));

/** One line on how long answers took. */
export function timesOf(all: readonly Answered[]): string {
  const answered = all.filter(({ isTimed }) => isTimed);
  const slowest = answered.reduce((one, other) => (other.took > one.took ? other : one));
  return `${answered.length} answers, median ${median(answered).toFixed(1)} ms, longest ${slowest.took.toFixed(0)} ms (${slowest.kind})`;
}
