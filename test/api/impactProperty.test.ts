import * as fc from 'fast-check';
import type { AccessImpactInput } from '../generated/documents.js';
import { doIt, lost, preview, strengthsOf } from '../support/impact.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestPerson, type TestTenant } from '../support/tenant.js';

let service: Service;

beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const RUNS = 10;
const ROLES = ['rol_admin', 'rol_service_author', 'rol_policy_author', 'rol_event_writer', 'rol_viewer', 'custom'] as const;
const CUSTOM = ['event:submit', 'policy:manage', 'service:manage', 'workspace:view'];
const NAMES = ['Ann', 'Ben', 'Cleo'];

/** Numbers that name a person, a place, a grant: taken modulo how many there are. */
const index = fc.nat(11);

/** A small tenant: who is in the group, who is granted what where, whose keys live where, and who issued them. */
const plans = fc.record({
  members: fc.uniqueArray(fc.nat(NAMES.length - 1), { maxLength: 2 }),
  grants: fc.array(fc.record({ subject: index, role: fc.constantFrom(...ROLES), place: index }), { minLength: 3, maxLength: 7 }),
  keys: fc.array(fc.record({ user: index, issuer: index, place: index }), { minLength: 2, maxLength: 5 }),
});
type Plan = typeof plans extends fc.Arbitrary<infer T> ? T : never;

const thoughts = fc.record({
  act: fc.constantFrom('remove', 'deactivate', 'revoke', 'leave', 'delete', 'edit'),
  which: index,
  kept: fc.subarray(CUSTOM, { minLength: 1 }),
});
type Thought = typeof thoughts extends fc.Arbitrary<infer T> ? T : never;

/** Ann's key, and what takes it away: a run in which nothing is ever lost would prove nothing. */
const surely: [Plan, Thought[]] = [
  {
    members: [0],
    grants: [0, 1, 2].map((subject) => ({ subject, role: 'rol_service_author', place: 0 })),
    keys: [0, 1].map((user) => ({ user, issuer: 0, place: 0 })),
  },
  (['remove', 'leave', 'delete'] as const).map((act) => ({ act, which: 0, kept: CUSTOM })),
];

interface Built {
  readonly tenant: TestTenant;
  readonly people: readonly TestPerson[];
  readonly group: string;
  readonly places: readonly string[];
  readonly grants: readonly string[];
  readonly role: string;
}

const at = <T>(list: readonly T[], number: number): T => {
  const found = list[number % list.length];
  if (found === undefined) throw new Error('an empty list');
  return found;
};

async function build({ members, grants, keys }: Plan): Promise<Built> {
  const tenant = await foundTenant(service);
  const shop = await tenant.application('Shop');
  const orders = await tenant.workspace(shop, 'Orders');
  const group = await tenant.group(tenant.organizationId, 'Crew');
  const places = [orders, group, shop, tenant.organizationId];
  const role = await tenant.role('Custom', ...CUSTOM);
  const people: TestPerson[] = [];
  for (const name of NAMES) people.push(await tenant.person(name));
  for (const member of members) await tenant.join(group, at(people, member).id);
  const made: string[] = [];
  const subjects = [...people.map(({ id }) => id), group];
  const said = new Set<string>();
  for (const { subject, role: name, place } of grants) {
    const grant = [at(subjects, subject), name === 'custom' ? role : name, at(places, place)] as const;
    if (said.has(grant.join())) continue;
    said.add(grant.join());
    made.push(await tenant.grant(...grant));
  }
  for (const { user, issuer, place } of keys) {
    const holder = at(people, user);
    const issuers = [tenant.owner, holder, ...people];
    const by = at(issuers, issuer);
    const forUser = by.id === holder.id ? {} : { forUser: holder.id };
    // Whoever holds nothing there, or may not, is refused: then there is one key less.
    await tenant.key({ by: by.client, namespaceId: at(places, place), ...forUser }).catch(() => null);
  }
  return { tenant, people, group, places, grants: made, role };
}

function actOf({ act, which, kept }: Thought, { people, group, places, grants, role }: Built): AccessImpactInput {
  switch (act) {
    case 'remove':
      return { removeUserId: at(people, which).id };
    case 'deactivate':
      return { deactivateUserId: at(people, which).id };
    case 'revoke':
      return { revokeGrantId: at(grants, which) };
    case 'leave':
      return { removeFromGroup: { userGroupId: group, userId: at(people, which).id } };
    case 'delete':
      return { deleteNamespaceId: at(places, which) };
    default:
      return { updateRole: { roleId: role, permissions: kept } };
  }
}

test(`in any small tenant, what is told of any three acts in a row is what each then does (${RUNS} tenants)`, async () => {
  let weakened = 0;
  await fc.assert(
    fc.asyncProperty(plans, fc.array(thoughts, { minLength: 3, maxLength: 3 }), async (plan, acts) => {
      const built = await build(plan);
      const { client } = built.tenant.owner;
      for (const thought of acts) {
        const input = actOf(thought, built);
        const told = await preview(client, input);
        const before = await strengthsOf(built.tenant);
        const { code } = await doIt(client, input);
        const losses = lost(before, await strengthsOf(built.tenant));
        expect(told).toEqual({ code, total: Object.keys(losses).length, losses });
        weakened += told.total;
      }
    }),
    { numRuns: RUNS + 1, examples: [surely] },
  );
  expect(weakened).toBeGreaterThan(0);
});
