/** What is there already, or comes later. */
export type Soon<T> = T | Promise<T>;

/** Goes on with it, at once where it is there: what waits for nothing is done before anything else comes between. */
export const whenThere = <T, U>(value: Soon<T>, next: (value: T) => Soon<U>): Soon<U> =>
  value instanceof Promise ? value.then(next) : next(value);

/** What was worked out or, where that failed, what is said instead. */
export function orElse<T, U>(work: () => Soon<T>, instead: (error: unknown) => U): Soon<T | U> {
  try {
    const value = work();
    return value instanceof Promise ? value.catch(instead) : value;
  } catch (error) {
    return instead(error);
  }
}

/** All of them, at once where all are there. Whoever makes one must reject, and not throw: those before it would be left alone. */
export const allThere = <T>(values: readonly Soon<T>[]): Soon<T[]> =>
  values.some((value) => value instanceof Promise) ? Promise.all(values.map((value) => Promise.resolve(value))) : (values as T[]);
