import { cpus, loadavg } from 'node:os';

/** What the yardstick takes where the bounds of the tests were chosen: two cores of an EPYC, quiet. */
const USUAL_MS = 1.3;
const TIMES = 10;

/** Small things made, kept, looked up and written down, as a request has them. */
function yardstick(): number {
  const began = performance.now();
  const kept = new Map<string, string>();
  for (let n = 0; n < 1_000; n += 1)
    kept.set(`key_${n}`, JSON.stringify({ id: n, name: `Key ${n}`, permissions: ['key:view', 'key:edit'] }));
  let length = 0;
  for (const text of kept.values()) length += Object.keys(JSON.parse(text) as object).length;
  if (length === 0) throw new Error('nothing was measured');
  return performance.now() - began;
}

/** How much slower this machine is now than a quiet one, as neighbours make it that no load tells of; 1 where it is not. */
export function slowness(): number {
  // The first times are those of the compiler.
  const least = Math.min(...Array.from({ length: TIMES }, yardstick));
  return Math.max(1, least / USUAL_MS);
}

/** How much longer than on a quiet machine of its own things may take here: because it is slow, or others are at work on it. */
export const crowding = (): number => Math.max(slowness(), (loadavg()[0] ?? 0) / cpus().length);
