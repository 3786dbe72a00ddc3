/** Collects all garbage: what is measured next pays for none of it. */
export function collect(): void {
  if (!global.gc) throw new Error('run it with --expose-gc');
  global.gc();
}
