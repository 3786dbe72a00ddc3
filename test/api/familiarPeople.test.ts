import { UpdateRoleDocument } from '../generated/documents.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestKey, type TestPerson, type TestTenant, verify } from '../support/tenant.js';

const ASKED = 'event:submit';
/** So many fresh keys of the same people are asked for until one is read alone. A busy machine that is late with its lease begins anew. */
const MOST_TRIES = 60;

let service: Service;
let tenant: TestTenant;
let gateway: TestKey;
let role: string;
let ada: TestPerson;
let grant: string;

beforeAll(async () => {
  service = await startService();
});
beforeEach(async () => {
  tenant = await foundTenant(service);
  gateway = await tenant.gateway();
  role = await tenant.role('Submitter', ASKED, 'apiKey:create');
  ada = await tenant.person('Ada');
  grant = await tenant.grant(ada.id, role);
});
afterAll(() => service.stop());

const keyOf = (person: TestPerson): Promise<TestKey> => tenant.key({ by: person.client, permissions: [ASKED] });

/** How a key is answered, and what was read for it. */
async function asked(key: TestKey) {
  let code = '';
  const statements = await service.statementsOf(async () => {
    ({ code } = await verify(gateway, key, { permissions: [ASKED] }));
  });
  const ofKeys = statements.filter((sql) => /FROM api_keys k\s/.test(sql));
  return { code, key: ofKeys.some((sql) => sql.includes('secret_digest')), people: ofKeys.some((sql) => /JOIN (users|grants)/.test(sql)) };
}

/** Asks for keys of somebody, each for the first time, until one is read without the people behind it. */
async function becomeFamiliar(person: TestPerson): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const answer = await asked(await keyOf(person));
    expect(answer).toMatchObject({ code: 'VALID', key: true });
    if (!answer.people) return;
    if (tries === MOST_TRIES) throw new Error('the people of a key are read each time');
  }
}

describe('people behind keys who are remembered', () => {
  test('are not read with each further key of theirs; those of the next stranger are, and none is taken for another', async () => {
    const [eve, bob] = [await tenant.person('Eve', [role]), await tenant.person('Bob', [role])];
    const [ofEve, ofBob] = [await keyOf(eve), await keyOf(bob)];
    await tenant.setActive(eve.id, false);
    await becomeFamiliar(ada);
    expect(await asked(ofEve)).toEqual({ code: 'HOLDER_LOST_ACCESS', key: true, people: true });
    expect(await asked(ofBob)).toEqual({ code: 'VALID', key: true, people: true });
  });

  test.each<[string, string, () => Promise<unknown>]>([
    ['one of them is deactivated', 'HOLDER_LOST_ACCESS', () => tenant.setActive(ada.id, false)],
    ['one of them is removed, and their keys with them', 'INACTIVE', () => tenant.removeUser(ada.id)],
    ['their last grant is revoked', 'HOLDER_LOST_ACCESS', () => tenant.revokeGrant(grant)],
    [
      'their role holds it no more',
      'INSUFFICIENT_PERMISSIONS',
      () => tenant.owner.client.ask(UpdateRoleDocument, { input: { id: role, permissions: ['apiKey:create'] } }),
    ],
  ])('are read anew with a key that was not, once %s (R19, R71)', async (_name, code, change) => {
    const [cold, warm] = [await keyOf(ada), await keyOf(ada)];
    expect(await asked(warm)).toMatchObject({ code: 'VALID' });
    await becomeFamiliar(ada);
    await change();
    // Who asks may have to be read as well: not in the same breath.
    expect((await verify(gateway, gateway)).code).toBe('VALID');
    expect(await asked(cold)).toEqual({ code, key: true, people: true });
    expect(await asked(warm)).toMatchObject({ code });
  });
});
