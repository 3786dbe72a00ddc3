import { createHash } from 'node:crypto';
import { ImportApiKeysDocument, JobDocument } from '../generated/documents.js';
import { until } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';
import { firstOwner } from '../support/tenant.js';

const KEYS = 1_000_000;
const A_CALL = 5_000;
const WITHIN_MS = 1_200_000;
const MIB = 1024 * 1024;

let service: Service;
beforeAll(async () => {
  service = await startService('sqlite');
});
afterAll(() => service.stop());

const digest = (n: number): string => createHash('sha256').update(`old credential ${n}`).digest('hex');

test(
  'a million keys are imported at 5,000 a second at least, with their progress to be seen, and memory stays flat',
  async () => {
    const client = await firstOwner(service);
    const { viewer } = await client.ask<{ viewer: { user: { id: string; organization: { id: string } } } }, object>(
      '{ viewer { user { id organization { id } } } }',
    );
    const organizationId = viewer.user.organization.id;
    const said = { algorithm: 'SHA256_HEX', userId: viewer.user.id, namespaceId: organizationId, environment: 'PRODUCTION' } as const;
    const memory: number[] = [];
    const progress = new Set<number>();
    const began = performance.now();
    for (let from = 0; from < KEYS; from += A_CALL) {
      const keys = Array.from({ length: A_CALL }, (_, n) => ({
        ...said,
        digest: digest(from + n),
        name: `Key ${from + n}`,
        permissions: ['event:submit'],
      }));
      const { importApiKeys } = await client.ask(ImportApiKeysDocument, { input: { organizationId, keys } });
      const job = await until(async () => {
        const { job: told } = await client.ask(JobDocument, { id: importApiKeys.job.id, first: 1 });
        if (told) progress.add(told.done);
        return told && told.finishedAt !== null ? told : undefined;
      }, 60_000);
      expect(job).toMatchObject({ status: 'SUCCEEDED', done: A_CALL, failed: 0 });
      if ((from / A_CALL) % 20 === 0) memory.push(process.memoryUsage().heapUsed);
    }
    const perSecond = KEYS / ((performance.now() - began) / 1_000);
    const [early, late] = [Math.max(...memory.slice(1, 4)), Math.max(...memory.slice(-3))];
    console.log(
      `${KEYS.toLocaleString('en')} keys at ${Math.round(perSecond)} a second; heap ${Math.round(early / MIB)} MiB early, ${Math.round(late / MIB)} MiB late`,
    );
    expect(progress.size).toBeGreaterThan(2);
    expect(late).toBeLessThan(early + 64 * MIB);
    expect(perSecond).toBeGreaterThan(5_000);
  },
  WITHIN_MS,
);
