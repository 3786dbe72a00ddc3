/** What the work answers, or `late` where that takes too long; the work goes on then, and nobody waits for it. */
export async function within<T, L>(milliseconds: number, work: Promise<T>, late: L): Promise<T | L> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<L>((resolve) => (timer = setTimeout(() => resolve(late), milliseconds)));
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
