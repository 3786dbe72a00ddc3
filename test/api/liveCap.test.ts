import * as fc from 'fast-check';
import type { World } from '../authority/referenceModel.js';
import { assertLiveCap, liveCap, STEPS, type View } from '../model/liveCap.js';
import type { LiveWorld } from '../model/liveWorld.js';
import { type Service, startService } from '../support/service.js';
import { databaseKind } from '../support/testDatabase.js';

let service: Service;

beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

// 2,000 and 300 of them are in test/long.
const sequences = databaseKind() === 'sqlite' ? 40 : 10;

test(`every key is capped by the people behind it at each of ${STEPS} steps of ${sequences} sequences (S3.14, S3.16, C12, C13, C14)`, async () => {
  await assertLiveCap(() => service, sequences);
}, 900_000);

/** A view of the world in which the model leaves something out. */
const over =
  (change: (world: LiveWorld) => Partial<World>): View =>
  (world) =>
    ({ ...world, ...change(world) }) as LiveWorld;

/** What the model gets wrong, and the acts that show it. */
const wrong: readonly (readonly [name: string, view: View, kinds: readonly string[]])[] = [
  [
    'ignores the issuer',
    over(({ keys }) => ({ keys: keys.map((key) => ({ ...key, issuer: key.user })) })),
    ['revokeGrant', 'setUserActive'],
  ],
  [
    'ignores the user',
    over(({ keys }) => ({ keys: keys.map((key) => ({ ...key, user: key.issuer })) })),
    ['revokeGrant', 'removeUserFromGroup'],
  ],
  ['ignores groups', over(({ users }) => ({ users: users.map((user) => ({ ...user, groups: [] })) })), ['createApiKey', 'addUserToGroup']],
  [
    'lets deactivated people act on through their keys',
    over(({ users }) => ({ users: users.map((user) => (user.state === 'INACTIVE' ? { ...user, state: 'ACTIVE' } : user)) })),
    ['createApiKeyForUser', 'setUserActive'],
  ],
  [
    'lets a key outlive the key that created it',
    over(({ keys }) => ({ keys: keys.map((key) => ({ ...key, parent: null })) })),
    ['createByKey', 'createByKey', 'revokeApiKey', 'revokeByKey'],
  ],
  ['never lets a key expire', over(({ keys }) => ({ keys: keys.map((key) => ({ ...key, expiresAt: null })) })), ['createApiKey', 'tick']],
];

test.each(wrong)('a model that %s is found out (C12)', async (_name, view, kinds) => {
  const { errorInstance } = await fc.check(
    liveCap(() => service, { view, kinds }),
    { numRuns: 50, endOnFailure: true },
  );
  // Not any failure: one of the comparison's.
  expect(errorInstance).toMatchObject({ message: expect.stringContaining('the model:') });
});

const making = ['updateOrganization', 'createApiKey', 'createByKey', 'updateApiKey'];

test.each([true, false])('a model in which it is always %s that members may make keys is found out (C9)', async (always) => {
  const planning: View = (world) => ({ ...world, membersMayCreateApiKeys: always });
  const { errorInstance } = await fc.check(
    liveCap(() => service, { planning, kinds: making }),
    { numRuns: 50, endOnFailure: true },
  );
  expect(errorInstance).toMatchObject({ message: expect.stringMatching(/ApiKey .* where the model says/) });
});
