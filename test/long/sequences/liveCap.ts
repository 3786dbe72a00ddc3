import { assertLiveCap, STEPS } from '../../model/liveCap.js';
import { startService } from '../../support/service.js';
import type { DatabaseKind } from '../../support/testDatabase.js';

const MINUTES = 60_000;

/** The live cap over so many sequences; in files of their own, so that each core has some. */
export function liveCapOf(kind: DatabaseKind, sequences: number): void {
  test(
    `on ${kind} every key is capped by the people behind it at each of ${STEPS} steps of ${sequences.toLocaleString('en')} sequences (S3.14, S3.16, C12, C13, C14)`,
    async () => {
      const service = await startService(kind);
      try {
        await assertLiveCap(() => service, sequences);
      } finally {
        await service.stop();
      }
    },
    45 * MINUTES,
  );
}
