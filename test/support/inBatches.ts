/**
 * Does something with each, so many at once: of changes in one tenant, which are made one after the other, the last of a hundred would
 * on a slow machine wait for longer than the service lets anybody wait.
 */
export async function inBatches<T, R>(each: readonly T[], work: (one: T) => Promise<R>, atOnce = 20): Promise<R[]> {
  const done: R[] = [];
  for (let first = 0; first < each.length; first += atOnce) done.push(...(await Promise.all(each.slice(first, first + atOnce).map(work))));
  return done;
}
