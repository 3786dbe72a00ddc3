import { assertLiveCap, STEPS } from '../model/liveCap.js';
import { startService } from '../support/service.js';

const MINUTES = 60_000;

test.each([
  ['sqlite', 2_000],
  ['mariadb', 300],
] as const)(
  `on %s every key is capped by the people behind it at each of ${STEPS} steps of %d sequences (S3.14, S3.16, C12, C13, C14)`,
  async (kind, sequences) => {
    const service = await startService(kind);
    try {
      await assertLiveCap(() => service, sequences);
    } finally {
      await service.stop();
    }
  },
  45 * MINUTES,
);
