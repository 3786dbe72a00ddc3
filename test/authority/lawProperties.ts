import * as fc from 'fast-check';
import type { GateCode, Permission } from '../../src/authority/index.js';
import { type Calculus, must, mustBeIn, mustEqual } from './calculus.js';
import { universe } from './designTables.js';
import { keyFacts, namespaceFacts, personFacts, questionFacts } from './facts.js';
import { inquired, type Property } from './questions.js';
import { holds, type Inquiry, type KeyRow, mayUse, row, tenantOf, verdicts, type World } from './referenceModel.js';
import { changes, type Drawn, grantDraw, grantOf, pick, worlds } from './world.js';

/** The laws about what is held, what is effective and when a key works, for whichever implementation they are given. */

const heldIn = (calculus: Calculus, world: World, user: string, namespace: string): ReadonlySet<Permission> =>
  calculus.held(personFacts(world, user), namespaceFacts(world, namespace));

const effectiveIn = (calculus: Calculus, world: World, key: string, namespace: string): ReadonlySet<Permission> =>
  calculus.effective(keyFacts(world, key), namespaceFacts(world, namespace));

/** What the gates say. */
export const verdictOf = (calculus: Calculus, world: World, inquiry: Inquiry): GateCode | null =>
  calculus.firstShut(keyFacts(world, inquiry.key), questionFacts(world, inquiry));

type Rows = readonly { readonly id: string }[];
const ids = (table: Rows): readonly string[] => table.map(({ id }) => id);

/** All pairs of rows of two tables. */
const pairs = (left: Rows, right: Rows): readonly (readonly [string, string])[] =>
  ids(left).flatMap((one) => ids(right).map((other) => [one, other] as const));

/** held is what the reference model says, for every user in every namespace. */
export const heldIsTheModels = (calculus: Calculus): Property =>
  fc.property(worlds, (world) => {
    for (const [user, namespace] of pairs(world.users, world.namespaces)) {
      const expected = universe.filter((name) => holds(world, user, namespace, name));
      mustEqual(heldIn(calculus, world, user, namespace), expected, `held by ${user} in ${namespace}`);
    }
  });

/** effective is what the reference model says, for every key in every namespace. */
export const effectiveIsTheModels = (calculus: Calculus): Property =>
  fc.property(worlds, (world) => {
    for (const [key, namespace] of pairs(world.keys, world.namespaces)) {
      const expected = universe.filter((name) => mayUse(world, key, namespace, name));
      mustEqual(effectiveIn(calculus, world, key, namespace), expected, `effective of ${key} in ${namespace}`);
    }
  });

/** What is answered without making a set is what the set says. */
export const questionsAreTheSets = (calculus: Calculus): Property =>
  fc.property(worlds, (world) => {
    const namespaces = world.namespaces.map(({ id }) => namespaceFacts(world, id));
    for (const person of ids(world.users).map((id) => personFacts(world, id))) {
      for (const there of namespaces) {
        const held = calculus.held(person, there);
        mustEqual(universe.filter(calculus.holdsIn(person, there)), held, `asked of ${person.id} in ${there.id}`);
        must(calculus.holdsAnythingIn(person, there) === held.size > 0, `${person.id} holds something in ${there.id}, or does not`);
      }
    }
    for (const key of ids(world.keys).map((id) => keyFacts(world, id))) {
      const caller = { kind: 'KEY', tenant: key.home, key } as const;
      for (const there of namespaces) {
        mustEqual(universe.filter(calculus.mayUseIn(key, there)), calculus.effective(key, there), `asked of ${key.id} in ${there.id}`);
        mustEqual(universe.filter(calculus.usesIn(caller, there)), calculus.usable(caller, there), `used by ${key.id} in ${there.id}`);
      }
    }
  });

/** The first shut gate is the reference model's. */
export const verdictIsTheModels = (calculus: Calculus): Property =>
  fc.property(inquired, ({ world, inquiries }) => {
    for (const inquiry of inquiries) {
      mustBeIn([verdictOf(calculus, world, inquiry)], verdicts(world, inquiry), `verdict on ${JSON.stringify(inquiry)}`);
    }
  });

/** What is there, and what of the question is not, where it is asked about; nowhere, all of it is missing. */
export const missingIsTheModels = (calculus: Calculus): Property =>
  fc.property(inquired, ({ world, inquiries }) => {
    for (const { key, namespace, ...inquiry } of inquiries) {
      const there = namespace === undefined ? row(world.keys, key).home : namespace;
      const may = (name: Permission): boolean => there !== null && mayUse(world, key, there, name);
      const question = questionFacts(world, { key, ...inquiry, ...(namespace === undefined ? {} : { namespace }) });
      mustEqual(calculus.effectiveThere(keyFacts(world, key), question), universe.filter(may), `effective of ${key} there`);
      const missing = calculus.missingThere(keyFacts(world, key), question);
      const expected = (inquiry.permissions ?? []).filter((name) => !may(name));
      must(missing.join() === expected.join(), `missing of ${key}: [${missing.join()}], not [${expected.join()}]`);
    }
  });

/** Law 1: a world without grants is a world without power. */
export const nothingIsHeldByDefault = (calculus: Calculus): Property =>
  fc.property(inquired, ({ world: drawn, inquiries }) => {
    const world = { ...drawn, grants: [] };
    for (const [user, namespace] of pairs(world.users, world.namespaces)) {
      mustEqual(heldIn(calculus, world, user, namespace), [], `held by ${user} in ${namespace} without a grant`);
    }
    for (const [key, namespace] of pairs(world.keys, world.namespaces)) {
      mustEqual(effectiveIn(calculus, world, key, namespace), [], `effective of ${key} in ${namespace} without a grant`);
    }
    for (const each of inquiries) must(verdictOf(calculus, world, each) !== null, 'a key was valid without a grant behind it');
  });

/** Law 2: whatever is granted in other namespaces, what is held and effective in this one stays as it was. */
export const grantsElsewhereChangeNothing = (calculus: Calculus): Property =>
  fc.property(worlds, fc.nat(), fc.array(grantDraw, { minLength: 1, maxLength: 4 }), (world, index, draws) => {
    const grants = draws.map((draw) => grantOf(world, draw));
    for (const here of new Set([pick(world.namespaces, index).id, ...world.keys.map(({ home }) => home)])) {
      const after = { ...world, grants: [...world.grants, ...grants.filter(({ namespace }) => namespace !== here)] };
      for (const user of ids(world.users)) {
        mustEqual(heldIn(calculus, after, user, here), heldIn(calculus, world, user, here), `held by ${user} in ${here}`);
      }
      for (const key of ids(world.keys)) {
        const [now, before] = [effectiveIn(calculus, after, key, here), effectiveIn(calculus, world, key, here)];
        mustEqual(now, before, `effective of ${key} in ${here}`);
      }
    }
  });

/** Law 2: who is granted something in one namespace only holds nothing in any other, wherever the two stand. */
export const namespacesAreFlat = (calculus: Calculus): Property =>
  fc.property(worlds, fc.nat(), (world, index) => {
    const only = pick(world.namespaces, index).id;
    const after = { ...world, grants: world.grants.filter(({ namespace }) => namespace === only) };
    for (const [user, namespace] of pairs(world.users, world.namespaces)) {
      if (namespace !== only) mustEqual(heldIn(calculus, after, user, namespace), [], `held by ${user} in ${namespace} from ${only}`);
    }
  });

/** Law 2: nobody holds anything, and no key reaches or does anything, in another tenant than their own. */
export const tenantsAreApart = (calculus: Calculus): Property =>
  fc.property(worlds, (world) => {
    for (const [user, namespace] of pairs(world.users, world.namespaces)) {
      if (row(world.users, user).tenant === tenantOf(world, namespace)) continue;
      mustEqual(heldIn(calculus, world, user, namespace), [], `held by ${user} abroad in ${namespace}`);
    }
    for (const [key, namespace] of pairs(world.keys, world.namespaces)) {
      const { home, user, issuer } = row(world.keys, key);
      const tenants = [tenantOf(world, home), ...[user, issuer].map((person) => row(world.users, person).tenant)];
      if (tenants.every((tenant) => tenant === tenantOf(world, namespace))) continue;
      mustEqual(effectiveIn(calculus, world, key, namespace), [], `effective of ${key} abroad in ${namespace}`);
    }
  });

/** Law 3: one more grant takes nothing from anybody: not held, not effective, not a yes. */
export const grantsNeverRemove = (calculus: Calculus): Property =>
  fc.property(inquired, grantDraw, ({ world, inquiries }, draw) => {
    const after = { ...world, grants: [...world.grants, grantOf(world, draw)] };
    for (const [user, namespace] of pairs(world.users, world.namespaces)) {
      mustBeIn(heldIn(calculus, world, user, namespace), heldIn(calculus, after, user, namespace), `lost by ${user} in ${namespace}`);
    }
    for (const [key, namespace] of pairs(world.keys, world.namespaces)) {
      const [before, now] = [effectiveIn(calculus, world, key, namespace), effectiveIn(calculus, after, key, namespace)];
      mustBeIn(before, now, `lost by ${key} in ${namespace}`);
    }
    for (const inquiry of inquiries.filter((each) => verdictOf(calculus, world, each) === null)) {
      must(verdictOf(calculus, after, inquiry) === null, 'a grant shut a gate');
    }
  });

/** Law 4, after each of a row of changes: no key can do what it does not carry or what one of its people does not hold. */
export const keysAreCapped = (calculus: Calculus): Property =>
  fc.property(worlds, fc.array(changes, { maxLength: 10 }), (start, happening) => {
    const check = (world: World): void => {
      for (const [key, namespace] of pairs(world.keys, world.namespaces)) {
        const { permissions, user, issuer } = row(world.keys, key);
        const cap = permissions.filter((name) => [user, issuer].every((person) => holds(world, person, namespace, name)));
        mustBeIn(effectiveIn(calculus, world, key, namespace), cap, `${key} in ${namespace} exceeds its cap`);
      }
    };
    let world = start;
    check(world);
    for (const change of happening) {
      world = change.apply(world);
      check(world);
    }
  });

/** The world with that key changed. */
export const withKey = (world: World, key: string, change: Partial<KeyRow>): World => ({
  ...world,
  keys: world.keys.map((each) => (each.id === key ? { ...each, ...change } : each)),
});
const withUser = (world: World, user: string, state: 'ACTIVE' | 'INACTIVE' | 'REMOVED'): World => ({
  ...world,
  users: world.users.map((each) => (each.id === user ? { ...each, state } : each)),
});

/** Law 5: a key that carries nothing can do nothing. */
export const emptyKeysDoNothing = (calculus: Calculus): Property =>
  fc.property(inquired, ({ world: drawn, inquiries }) => {
    for (const inquiry of inquiries) {
      const world = withKey(drawn, inquiry.key, { permissions: [] });
      for (const namespace of ids(world.namespaces)) {
        mustEqual(effectiveIn(calculus, world, inquiry.key, namespace), [], `effective of the empty ${inquiry.key}`);
      }
      must(verdictOf(calculus, world, inquiry) !== null, 'a key that carries nothing was valid');
    }
  });

/** Law 5: a role that holds nothing gives nothing. */
export const emptyRolesGiveNothing = (calculus: Calculus): Property =>
  fc.property(worlds, (drawn) => {
    const world = { ...drawn, roles: drawn.roles.map((role) => ({ ...role, permissions: [] })) };
    for (const [user, namespace] of pairs(world.users, world.namespaces)) {
      mustEqual(heldIn(calculus, world, user, namespace), [], `held by ${user} from empty roles`);
    }
  });

/** Law 5: an empty question is never VALID; one without a list only where something is effective. */
export const emptyQuestionsAreRefused = (calculus: Calculus): Property =>
  fc.property(inquired, ({ world, inquiries }) => {
    for (const { permissions: _, ...open } of inquiries) {
      must(verdictOf(calculus, world, { ...open, permissions: [] }) !== null, 'a question with an empty list was VALID');
      if (verdictOf(calculus, world, open) !== null) continue;
      const there = open.namespace ?? row(world.keys, open.key).home;
      must(effectiveIn(calculus, world, open.key, there).size > 0, 'VALID with nothing effective');
    }
  });

/** What kills a key, each by itself. */
const deaths: Readonly<Record<string, (world: World, key: KeyRow) => World>> = {
  stopped: (world, key) => withKey(world, key.id, { stopped: true }),
  'expired at this instant': (world, key) => withKey(world, key.id, { expiresAt: world.now }),
  'expired before': (world, key) => withKey(world, key.id, { expiresAt: world.now - 1 }),
  'user deactivated': (world, key) => withUser(world, key.user, 'INACTIVE'),
  'user removed': (world, key) => withUser(world, key.user, 'REMOVED'),
  'issuer deactivated': (world, key) => withUser(world, key.issuer, 'INACTIVE'),
  'issuer removed': (world, key) => withUser(world, key.issuer, 'REMOVED'),
  'home deleted': (world, key) => ({
    ...world,
    namespaces: world.namespaces.map((each) => (each.id === key.home ? { ...each, deleted: true } : each)),
  }),
  'parent stopped': (world, key) => withKey(world, key.parent ?? key.id, { stopped: true }),
  'parent expired at this instant': (world, key) => withKey(world, key.parent ?? key.id, { expiresAt: world.now }),
};

/** Law 7: what was killed in any of these ways does not work, whatever is asked; and a person's leaving is a death (C14). */
export const deadIsDead = (calculus: Calculus): Property =>
  fc.property(inquired, ({ world, inquiries }) => {
    for (const [death, kill] of Object.entries(deaths)) {
      for (const inquiry of inquiries) {
        const killed = kill(world, row(world.keys, inquiry.key));
        must(verdictOf(calculus, killed, inquiry) !== null, `a key was valid: ${death}`);
      }
    }
  });

/** A life that ends so many milliseconds from now, or never. */
const lifeDraw = fc.record({ stopped: fc.boolean(), ahead: fc.option(fc.integer({ min: -3, max: 3 })) });

/**
 * Law 7, C17, C18: the status at every instant about the expiry, the key's own or that of the key that made it; what was
 * stopped is told before what is over.
 */
export const statusTurnsAtTheInstant = (calculus: Calculus): Property =>
  fc.property(fc.integer({ min: 1, max: 1e13 }), lifeDraw, fc.option(lifeDraw, { nil: null }), (now, own, parent) => {
    const lifeOf = ({ stopped, ahead }: Drawn<typeof lifeDraw>) => ({ stopped, expiresAt: ahead === null ? null : now + ahead });
    const status = calculus.keyStatus({ ...lifeOf(own), parent: parent && lifeOf(parent) }, now);
    const lives = parent ? [own, parent] : [own];
    const over = lives.some(({ ahead }) => ahead !== null && ahead <= 0);
    const expected = lives.some(({ stopped }) => stopped) ? 'INACTIVE' : over ? 'EXPIRED' : 'ACTIVE';
    must(status === expected, `a key was ${status}, not ${expected}, of ${JSON.stringify(lives)}`);
  });

/** Law 9: explaining walks the gates in the order of section 4, and the first that it finds shut is the decision. */
export const explainAgrees = (calculus: Calculus): Property =>
  fc.property(inquired, ({ world, inquiries }) => {
    for (const inquiry of inquiries) {
      const explained = calculus.explain(keyFacts(world, inquiry.key), questionFacts(world, inquiry));
      const order = explained.map(({ gate }) => gate).join();
      must(order === 'status,expiry,environment,namespace,people,permissions,resource,ip', `gates in disorder: ${order}`);
      const first = explained.find(({ code }) => code !== null)?.code ?? null;
      const decided = verdictOf(calculus, world, inquiry);
      must(first === decided, `explained as ${String(first)}, decided as ${String(decided)}`);
    }
  });
