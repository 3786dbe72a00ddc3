import { creates } from '../../src/graphql/creates.js';
import { jobsAreOver } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';
import type { TestTenant } from '../support/tenant.js';
import { counter } from './support/database.js';
import { documentOf, type Root, roots, rowsOf, variablesOf } from './support/operations.js';
import { firstTenant, preyOf } from './support/world.js';

const mutations = roots.filter(({ kind }) => kind === 'Mutation');
const creating = mutations.filter(({ name }) => creates(name));

let service: Service;
let tenant: TestTenant;

beforeAll(async () => {
  service = await startService();
  tenant = await firstTenant(service);
  // A webhook needs something to sign with.
  await tenant.owner.client.ask('mutation ($input: RotateSharedSecretInput!) { rotateSharedSecret(input: $input) { createdAt } }', {
    input: { organizationId: tenant.organizationId },
  });
});
afterAll(() => service.stop());

test('every mutation whose act creates something knows the Idempotency-Key (R68)', () => {
  const acts = ({ access: { by } }: Root): boolean => typeof by !== 'string' && by.some((action) => /\.create/.test(action));
  expect(
    mutations
      .filter(acts)
      .filter(({ name }) => !creates(name))
      .map(({ name }) => name),
  ).toEqual([]);
  expect(creating.length).toBeGreaterThanOrEqual(9);
});

test.each(rowsOf(creating))(
  '%s: sent twice under one Idempotency-Key it is done once, and then told by its id (R68)',
  async (name, root) => {
    const ids = await preyOf(tenant);
    const variables = variablesOf(root, ids);
    const count = await counter(service);
    const send = () => tenant.owner.client.with({ 'idempotency-key': name }).send<Record<string, unknown>>(documentOf(root), variables);
    const first = await send();
    expect(first.code).toBe('OK');
    await jobsAreOver(service);
    const after = await count();
    const again = await send();
    expect([again.code, again.data]).toEqual(['CONFLICT', null]);
    const createdId = String(again.errors[0]?.extensions['createdId']);
    // What was made stands in the answer that told of it.
    expect(first.text).toContain(createdId);
    expect(await count()).toBe(after);
  },
);
