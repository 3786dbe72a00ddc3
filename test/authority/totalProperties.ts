import * as fc from 'fast-check';
import type {
  Attempt,
  Action,
  Caller,
  HandedOn,
  KeyFacts,
  KeyQuestion,
  NamespaceFacts,
  Permission,
  Person,
} from '../../src/authority/index.js';
import { type Calculus, must, mustBeIn } from './calculus.js';
import { actNames, builtInNames } from './designTables.js';
import type { Property } from './questions.js';

/** Law 8: whatever fits the types, also what no store would ever make, is answered and never allowed too much. */

const awkward = ['', '*', '*:*', '__proto__', 'constructor', 'toString', '\u0000', '\ud800'];
const text = fc.oneof(fc.constantFrom(...awkward, 'a', 'b', 'c'), fc.string());
const name = fc.oneof(
  fc.constantFrom(...builtInNames),
  text.map((each) => each as Permission),
);
const names = fc.oneof(fc.array(name, { maxLength: 6 }), fc.constant(builtInNames));
const nameSet = names.map((each) => new Set(each));
const instant = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(0, -0, NaN, Infinity, -Infinity));
const maybe = <T>(each: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.oneof(fc.constant(null), each);
const environment = fc.constantFrom('PRODUCTION' as const, 'STAGING' as const, 'DEVELOPMENT' as const);

const namespace: fc.Arbitrary<NamespaceFacts> = fc.record({
  id: text,
  kind: fc.constantFrom('ORGANIZATION' as const, 'APPLICATION' as const, 'WORKSPACE' as const, 'USER_GROUP' as const),
  organizationId: text,
  applicationId: maybe(text),
  deleted: fc.boolean(),
  first: fc.boolean(),
});
const person: fc.Arbitrary<Person> = fc.record({
  id: text,
  organizationId: text,
  state: fc.constantFrom('ACTIVE' as const, 'INACTIVE' as const, 'REMOVED' as const),
  grants: fc.array(fc.record({ namespaceId: text, permissions: nameSet }), { maxLength: 4 }),
});
const life = { stopped: fc.boolean(), expiresAt: maybe(instant) };
const restrictions = fc.array(fc.record({ type: text, ids: fc.array(text, { maxLength: 3 }) }), { maxLength: 3 });
const family = fc.constantFrom(4 as const, 6 as const);
const network = fc.record({ family, first: fc.bigInt(), last: fc.bigInt() });
const key: fc.Arbitrary<KeyFacts> = fc.record({
  ...life,
  id: text,
  home: namespace,
  environment,
  permissions: nameSet,
  people: fc.tuple(person, person),
  parent: maybe(fc.record(life)),
  restrictions: maybe(restrictions),
  networks: maybe(fc.array(network, { maxLength: 3 })),
  rateLimit: maybe(fc.record({ limit: instant, windowSeconds: instant })),
});
const caller: fc.Arbitrary<Caller> = fc.oneof(
  fc.record({ kind: fc.constant('USER' as const), tenant: namespace, person }),
  fc.record({ kind: fc.constant('KEY' as const), tenant: namespace, key }),
);
const question: fc.Arbitrary<KeyQuestion> = fc.record(
  {
    environment,
    now: instant,
    namespace: maybe(namespace),
    permissions: names,
    resource: fc.record({ type: text, id: text }),
    address: fc.record({ family, value: fc.bigInt() }),
  },
  { requiredKeys: ['environment', 'now'] },
);
const handedOn: fc.Arbitrary<readonly HandedOn[]> = fc.array(
  fc.record(
    { namespace, permissions: names, behindKey: fc.array(person, { maxLength: 2 }) },
    { requiredKeys: ['namespace', 'permissions'] },
  ),
  { maxLength: 3 },
);
const attempt: fc.Arbitrary<Attempt<Action>> = fc.record(
  {
    action: fc.constantFrom(...actNames),
    caller,
    where: namespace,
    visible: fc.boolean(),
    own: fc.boolean(),
    target: text,
    transaction: fc.constant({}),
    touches: fc.array(fc.record({ level: fc.constantFrom('OWNER' as const, 'ADMIN' as const), namespace }), { maxLength: 2 }),
    handsOn: handedOn,
  },
  { requiredKeys: ['action', 'caller', 'where', 'visible', 'target', 'transaction', 'touches', 'handsOn'] },
);

/** held, reach, effective and the gates answer whatever fits their types, and the cap holds even there. */
export const gatesAreTotal = (calculus: Calculus): Property =>
  fc.property(key, question, namespace, (any, asked, there) => {
    const through = calculus.reach(any.home, there);
    const effective = calculus.effective(any, there);
    mustBeIn(effective, any.permissions, 'effective beyond what the key carries');
    mustBeIn(effective, through === 'everything' ? effective : through, 'effective beyond the reach');
    for (const each of any.people) mustBeIn(effective, calculus.held(each, there), 'effective beyond what a person holds');
    must(calculus.reachable(any.home).ids.includes(any.home.id), 'a home does not reach itself');
    must(['ACTIVE', 'INACTIVE', 'EXPIRED'].includes(calculus.keyStatus(any, asked.now)), 'a key without a status');
    const first = calculus.explain(any, asked).find(({ code }) => code !== null)?.code ?? null;
    must(first === calculus.firstShut(any, asked), 'explained and decided differently');
  });

/** usable, the rights, what is seen, isWithin and decide answer whatever fits their types. */
export const decisionsAreTotal = (calculus: Calculus): Property =>
  fc.property(attempt, key, name, handedOn, (any, other, asked, handed) => {
    const { outcome } = calculus.decide(any);
    must(['PERMITTED', 'NOT_FOUND', 'FORBIDDEN', 'EXCEEDS_AUTHORITY'].includes(outcome), `the outcome ${outcome}`);
    const has = calculus.hasRight(any.caller, asked, any.where);
    must(
      !calculus.usable(any.caller, any.where).has(asked) || has || any.where.organizationId !== any.caller.tenant.id,
      'usable, and no right',
    );
    const seen = calculus.seesNamespace(any.caller, any.where);
    must(!seen || (!any.where.deleted && any.where.organizationId === any.caller.tenant.id), 'saw what is not there');
    must(typeof calculus.seesKey(any.caller, { ...other, userId: other.people[0].id }) === 'boolean', 'neither seen nor not');
    mustBeIn(
      calculus.isWithin(any.caller, handed).flatMap(({ permissions }) => permissions),
      handed.flatMap(({ permissions }) => [...permissions]),
      'an excess that was never handed on',
    );
  });
