/** Nothing came in time. */
export class TooLate extends Error {
  override readonly name = 'TooLate';
}

/**
 * What the work brings, or TooLate after so many milliseconds. Before it gives up it looks once at what has arrived
 * meanwhile: a pause of this process must not pass for one of whoever was asked.
 */
export function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => setImmediate(() => reject(new TooLate('no answer in time'))), milliseconds);
    work.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- it is handed on as it came
        reject(error);
      },
    );
  });
}
