import { newId } from '../../src/domain/index.js';
import type { KeyUse } from '../../src/usage/KeyUse.js';
import { LogLines } from '../../src/usage/LogLines.js';

const AT = new Date('2026-11-21T06:00:00.000Z');

/** One use of a key that was used by nobody before. */
const use = (at = AT): KeyUse => ({
  key: { id: newId('key'), organizationId: 'org', namespaceId: 'org', environment: 'PRODUCTION', userId: 'usr' },
  at,
  code: 'VALID',
  httpStatus: 200,
  counted: true,
  requestedPermissions: [],
  resource: null,
  clientIp: null,
  latencyMs: 1,
  requestId: 'a request',
});

test('what waits has a bound, also where nothing can be written for long; once it is taken there is room again', () => {
  const lines = new LogLines();
  for (let uses = 0; uses < 30_000; uses += 1) lines.note(use());
  const taken = lines.take();
  expect([taken.lines.length, taken.more.length]).toEqual([5_000, 15_000]);
  lines.note(use());
  expect(lines.take().lines).toHaveLength(1);
});
