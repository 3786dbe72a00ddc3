import { setTimeout as delay } from 'node:timers/promises';
import { type Action, actions } from '../../src/authority/index.js';
import { subjectOf } from '../../src/withdrawals/index.js';
import { keyCases } from '../support/remembered/keyCases.js';
import { peopleCases } from '../support/remembered/peopleCases.js';
import { type Case, run, world } from '../support/remembered/world.js';
import { type Service, startService } from '../support/service.js';
import { databaseKind } from '../support/testDatabase.js';
import { foundTenant, type TestKey, type TestTenant, verify } from '../support/tenant.js';

let service: Service;
let tenant: TestTenant;
let gateway: TestKey;

beforeAll(async () => {
  service = await startService();
});
// Tests move the clock: each has a tenant, and so sessions, of its own.
beforeEach(async () => {
  tenant = await foundTenant(service);
  gateway = await tenant.gateway();
  Object.assign(world, { service, tenant });
});
afterAll(() => service.stop());

const cases = { ...keyCases, ...peopleCases };

/** A verification, and whether it took a statement. */
async function asked({ key, question }: Case): Promise<{ code: string; read: boolean }> {
  let code = '';
  const statements = await service.statementsOf(async () => {
    ({ code } = await verify(gateway, key, question));
  });
  return { code, read: statements.some((sql) => /FROM (api_keys|users|grants|namespaces)/.test(sql)) };
}

const MOST_TRIES = 50;
const PAUSE_MS = 20;

/** It is answered so, and from memory: not each time, where a busy machine was late with its lease or somebody looks through the keys by the clock. */
async function isRemembered(each: Case, code: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const answer = await asked(each);
    if (!answer.read || tries === MOST_TRIES) {
      expect(answer).toEqual({ code, read: false });
      return;
    }
    expect(answer.code).toBe(code);
    await delay(PAUSE_MS);
  }
}

test.each(Object.entries(cases).map(([name, [, make]]) => [name, make] as const))(
  'it is known at once, of a key that was remembered, that %s (S3.14, S3.16, R19)',
  async (_name, make) => {
    const each = await make();
    const { back, before: code = 'VALID', change, then } = each;
    expect(await asked(each)).toMatchObject({ code });
    await isRemembered(each, code);
    await change();
    expect(await asked(each)).toMatchObject({ code: then });
    await isRemembered(each, then);
    await back?.();
    expect(await asked(each)).toMatchObject({ code: back ? code : then });
  },
);

test('who is told that somebody has done it before, waits as well until that is true everywhere', async () => {
  const key = await tenant.key();
  const again = { id: key.id, expectedGeneration: 1 };
  await run('regenerateApiKey', again, 'key');
  const repeat = 'mutation ($input: RegenerateApiKeyInput!) { regenerateApiKey(input: $input) { key } }';
  let code = '';
  const statements = await service.statementsOf(async () => {
    ({ code } = await tenant.owner.client.send(repeat, { input: again }));
  });
  expect(code).toBe('CONFLICT');
  // A file of SQLite has one process, in which it is true already.
  const waits = statements.some((sql) => sql.startsWith('SELECT number FROM change_sequence'));
  expect(waits).toBe(databaseKind() === 'mariadb');
});

test('every act that makes a key weaker or stronger is among these, but for three of which nothing can be asked', () => {
  const reaching = Object.keys(actions).filter(
    (action) => subjectOf({ action: action as Action, target: 'x' }, 'org_x', undefined) !== null,
  );
  const shown = new Set(Object.values(cases).map(([action]) => action));
  // A permission is removed once no role and no key names it; with an organization its services go, which are who asks.
  const without = ['organization.delete', 'permission.define', 'permission.remove'];
  expect(reaching.filter((action) => !shown.has(action as Action)).sort()).toEqual(without);
});
