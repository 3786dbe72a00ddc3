import * as fc from 'fast-check';
import type { Action, Caller, Decision, Excess, Permission } from '../../src/authority/index.js';
import { type Calculus, must, mustBeIn, mustEqual } from './calculus.js';
import { act, actNames, levels, ofLevel, sessionOnlyNames, universe } from './designTables.js';
import { attemptFacts, callerFacts, handedFacts, keyFacts, namespaceFacts } from './facts.js';
import { askersOf, attempted, type Property } from './questions.js';
import * as model from './referenceModel.js';
import { row, tenantOf, tenantOfAsker, type Trial, type World } from './referenceModel.js';
import { grantDraw, grantOf, permissions, pick, worlds } from './world.js';

/** The laws about who may do, see and hand on what, for whichever implementation they are given. */

const decided = (calculus: Calculus, world: World, trial: Trial): Decision<Action> => calculus.decide(attemptFacts(world, trial));

/** A property of each attempt by itself. */
const each = (check: (world: World, trial: Trial) => void): Property =>
  fc.property(attempted, ({ world, trials }) => {
    for (const trial of trials) check(world, trial);
  });

/** Acts that DESIGN says no key ever does (R78); asked about by keysManageNoKeys alone. */
const neverUnderKey = ({ asker, action }: Trial): boolean => asker.kind === 'KEY' && act(action).neverUnderKey === true;

/** decide ends as the reference model says. */
export const decideIsTheModels = (calculus: Calculus): Property =>
  each((world, trial) => {
    if (neverUnderKey(trial)) return;
    mustBeIn([decided(calculus, world, trial).outcome], model.outcomes(world, trial), JSON.stringify(trial));
  });

const told = (excess: readonly Excess[]): readonly string[] =>
  excess.flatMap(({ namespaceId, permissions: names }) => names.map((name) => `${namespaceId} ${name}`));

const excessOf = (world: World, { asker, handsOn }: Pick<Trial, 'asker' | 'handsOn'>): readonly string[] =>
  handsOn.flatMap((handed) => model.beyond(world, asker, handed).map((name) => `${handed.namespace} ${name}`));

/** What somebody who is refused an act would need: the right to it or, where they have that, those to touch whom it touches. */
function lackingFor(world: World, trial: Trial): readonly string[] {
  const { asker, action, touches } = trial;
  const [allowed] = model.outcomes(world, { ...trial, touches: [], handsOn: [] });
  // Of what is for people, a key lacks no permission: nothing that it could be given would help.
  if (allowed !== 'PERMITTED') return asker.kind === 'KEY' && model.isForPeople(action) ? [] : [act(action).needs];
  const has = (name: string, place: string): boolean => model.hasTheRight(world, asker, name as Permission, place);
  return touches.flatMap(({ level, namespace }) => {
    const needed = level === 'OWNER' ? 'owner:manage' : 'admin:manage';
    return [namespace, tenantOfAsker(world, asker)].some((place) => has(needed, place)) ? [] : [needed];
  });
}

/** A refusal says what is lacking, a permit says what it is good for. */
export const decisionsAreExact = (calculus: Calculus): Property =>
  each((world, trial) => {
    const attempt = attemptFacts(world, trial);
    const decision = calculus.decide(attempt);
    if (decision.outcome === 'PERMITTED') {
      const { action, target, transaction } = decision.permit;
      must(action === attempt.action && target === attempt.target && transaction === attempt.transaction, 'a permit for something else');
    } else if (decision.outcome === 'FORBIDDEN') {
      mustEqual(decision.missing, lackingFor(world, trial), `FORBIDDEN ${trial.action}: what is missing`);
    } else if (decision.outcome === 'EXCEEDS_AUTHORITY') {
      mustEqual(told(decision.excess), excessOf(world, trial), 'the excess');
    }
  });

/** Law 1: who has been granted nothing is permitted nothing but what is their own, and sees nothing. */
export const strangersMayNothing = (calculus: Calculus): Property =>
  each((drawn, trial) => {
    const world = { ...drawn, grants: [] };
    const { outcome } = decided(calculus, world, { ...trial, own: false });
    must(outcome === 'NOT_FOUND' || (outcome === 'FORBIDDEN' && trial.visible), `${trial.action} was ${outcome} without a grant`);
    const seen = calculus.seesNamespace(callerFacts(world, trial.asker), namespaceFacts(world, trial.where));
    must(!seen, `${trial.where} was seen without a grant`);
  });

/** Absent before forbidden: to who lacks the right nothing invisible is FORBIDDEN, and in another tenant nothing exists. */
export const absentComesFirst = (calculus: Calculus): Property =>
  each((world, trial) => {
    const { outcome } = decided(calculus, world, trial);
    const abroad = tenantOf(world, trial.where) !== tenantOfAsker(world, trial.asker);
    if (abroad || row(world.namespaces, trial.where).deleted) must(outcome === 'NOT_FOUND', `${outcome} where nothing exists`);
    const entitled = trial.own || model.hasTheRight(world, trial.asker, act(trial.action).needs as Permission, trial.where);
    if (trial.visible || entitled || model.recovers(world, trial.asker)) return;
    must(outcome === 'NOT_FOUND', `${outcome} of something invisible`);
  });

/** Under a key nothing session-only is used: not as a right, not in an act, and nothing of a level is touched. */
export const keysNeverUseSessionOnly = (calculus: Calculus): Property =>
  each((world, trial) => {
    if (trial.asker.kind !== 'KEY') return;
    const caller = callerFacts(world, trial.asker);
    const where = namespaceFacts(world, trial.where);
    const used = [...calculus.usable(caller, where)];
    must(!used.some((name) => sessionOnlyNames.includes(name)), `a key used ${used.join()}`);
    for (const name of sessionOnlyNames) must(!calculus.hasRight(caller, name, where), `a key had the right to ${name}`);
    const { needs } = act(trial.action);
    if (trial.touches.length === 0 && !sessionOnlyNames.some((name) => name === needs)) return;
    must(decided(calculus, world, { ...trial, own: false }).outcome !== 'PERMITTED', `a key did ${trial.action}`);
  });

const powerful = fc.constantFrom(...actNames.filter((name) => act(name).neverUnderKey));

/** R78: a key edits, reactivates and deletes none, though it carries everything and OWNERs stand behind it. */
export const keysManageNoKeys = (calculus: Calculus): Property =>
  fc.property(worlds, fc.nat(), powerful, fc.boolean(), (drawn, index, action, own) => {
    const { id, home, user, issuer } = pick(drawn.keys, index);
    const owners = [user, issuer].map((subject) => ({ subject, role: 'OWNER', namespace: home }));
    const keys = drawn.keys.map((key) => (key.id === id ? { ...key, permissions: universe } : key));
    const world = { ...drawn, keys, grants: [...drawn.grants, ...owners] };
    const asker = { kind: 'KEY', id } as const;
    const { outcome } = decided(calculus, world, { asker, action, where: home, visible: true, own, touches: [], handsOn: [] });
    must(outcome !== 'PERMITTED', `a key did ${action}`);
  });

/** Who is OWNER of the organization, and nothing anywhere else, may grant there and take back what is granted, and nothing more. */
export const ownersRecover = (calculus: Calculus): Property =>
  fc.property(worlds, fc.nat(), fc.nat(), fc.constantFrom(...actNames), fc.boolean(), (drawn, index, place, action, visible) => {
    const { id, tenant } = pick(drawn.users, index);
    const users = drawn.users.map((user) => (user.id === id ? { ...user, state: 'ACTIVE' as const, groups: [] } : user));
    const grants = [...drawn.grants.filter(({ subject }) => subject !== id), { subject: id, role: 'OWNER', namespace: tenant }];
    const where = pick(drawn.namespaces, place).id;
    const handsOn = [{ namespace: where, permissions: ofLevel('ADMIN') }];
    const trial = { asker: { kind: 'USER' as const, id }, action, where, visible, own: false, touches: [], handsOn };
    const world = { ...drawn, users, grants };
    mustBeIn([decided(calculus, world, trial).outcome], model.outcomes(world, trial), JSON.stringify(trial));
  });

/** S0.6, S0.7: OWNERs are touched with owner:manage only, ADMINs with admin:manage only, held there or in the organization. */
export const levelsAreGuarded = (calculus: Calculus): Property =>
  each((world, trial) => {
    if (trial.own || trial.asker.kind !== 'USER' || decided(calculus, world, trial).outcome !== 'PERMITTED') return;
    const { id } = trial.asker;
    for (const { level, namespace } of trial.touches) {
      const needed = level === 'OWNER' ? 'owner:manage' : 'admin:manage';
      const guarded = [namespace, row(world.users, id).tenant].some((place) => model.holds(world, id, place, needed));
      must(guarded, `${trial.action} touched an ${level}`);
    }
  });

/** isWithin tells exactly the excess that the reference model finds, in each namespace by itself, and drops none of it. */
export const withinIsTheModels = (calculus: Calculus): Property =>
  each((world, { asker, handsOn }) => {
    const handed = handsOn.map((one) => handedFacts(world, one));
    const excess = calculus.isWithin(callerFacts(world, asker), handed);
    mustEqual(told(excess), excessOf(world, { asker, handsOn }), 'the excess');
    must(!excess.some((one) => one.permissions.length === 0), 'an excess of nothing was told');
  });

/** The right to something is the reference model's: held there, or tenant-wide by a signed-in user of that tenant. */
export const rightsAreTheModels = (calculus: Calculus): Property =>
  each((world, { asker, where }) => {
    const [caller, there] = [callerFacts(world, asker), namespaceFacts(world, where)];
    const had = universe.filter((name) => calculus.hasRight(caller, name, there));
    const expected = universe.filter((name) => model.hasTheRight(world, asker, name, where));
    mustEqual(had, expected, `rights of ${asker.id} in ${where}`);
  });

/** Law 5: a key with an empty list of people behind it is beyond everybody. */
export const emptyPeopleAreBeyond =
  (kind: Caller['kind']) =>
  (calculus: Calculus): Property =>
    fc.property(worlds, fc.nat(), fc.nat(), (world, index, place) => {
      const asker = pick(
        askersOf(world).filter((one) => one.kind === kind),
        index,
      );
      const home = kind === 'KEY' ? row(world.keys, asker.id).home : pick(world.namespaces, place).id;
      const handed = { namespace: namespaceFacts(world, home), permissions: universe, behindKey: [] };
      const excess = calculus.isWithin(callerFacts(world, asker), [handed]);
      mustEqual(told(excess), told([{ namespaceId: home, permissions: universe }]), 'handed to nobody');
    });

/** S3.14, S3.16, C12: what passes isWithin for a new key is what the people hold, and wholly effective at once. */
export const issuedKeysAreWhollyEffective = (calculus: Calculus): Property =>
  each((world, { asker, handsOn }) => {
    for (const handed of handsOn) {
      const [user, issuer = user] = handed.behindKey ?? [];
      const excess = calculus.isWithin(callerFacts(world, asker), [handedFacts(world, handed)]);
      if (user === undefined || issuer === undefined || excess.length > 0) continue;
      const life = { environment: 'PRODUCTION', parent: null, stopped: false, expiresAt: null, things: null, networks: null } as const;
      const key = { id: 'new', home: handed.namespace, permissions: handed.permissions, user, issuer, ...life };
      const born: World = { ...world, keys: [key] };
      const now = calculus.effective(keyFacts(born, 'new'), namespaceFacts(born, handed.namespace));
      mustEqual(now, handed.permissions, 'effective on a new key');
    }
  });

/** S2.18, C19: a key that is restricted to resources uses nothing on this API and has the right to nothing. */
export const restrictedKeysUseNothing = (calculus: Calculus): Property =>
  each((world, { asker, where }) => {
    if (asker.kind !== 'KEY') return;
    const restricted: World = { ...world, keys: world.keys.map((key) => (key.id === asker.id ? { ...key, things: [] } : key)) };
    const caller = callerFacts(restricted, asker);
    mustEqual(calculus.usable(caller, namespaceFacts(restricted, where)), [], `used by the restricted ${asker.id}`);
    for (const name of universe) must(!calculus.hasRight(caller, name, namespaceFacts(restricted, where)), `a right to ${name}`);
  });

/** Law 3 for acts: one more grant never undoes a permit and never hides a namespace. */
export const grantsNeverForbid = (calculus: Calculus): Property =>
  fc.property(attempted, grantDraw, ({ world, trials }, grant) => {
    const after = { ...world, grants: [...world.grants, grantOf(world, grant)] };
    for (const trial of trials) {
      const sees = (then: World): boolean => calculus.seesNamespace(callerFacts(then, trial.asker), namespaceFacts(then, trial.where));
      const may = (then: World): boolean => decided(calculus, then, trial).outcome === 'PERMITTED';
      must(!may(world) || may(after), `a grant forbade ${trial.action}`);
      must(!sees(world) || sees(after), `a grant hid ${trial.where}`);
    }
  });

/** A person with nothing but that role in that namespace. */
const withOnly = (world: World, held: readonly Permission[], namespace: string): Caller & { readonly kind: 'USER' } => {
  const tenant = namespaceFacts(world, tenantOf(world, namespace));
  const grants = [{ namespaceId: namespace, permissions: new Set(held) }];
  return { kind: 'USER', tenant, person: { id: 'somebody', organizationId: tenant.id, state: 'ACTIVE', grants } };
};

const roleSets = fc.oneof(fc.constantFrom(...levels).map(ofLevel), permissions);

/** Law 6: who holds one role hands on, as a grant or on a key, of another one only what both share. */
export const incomparableStaysIncomparable = (calculus: Calculus): Property =>
  fc.property(worlds, fc.nat(), roleSets, roleSets, fc.boolean(), (drawn, index, mine, other, onKey) => {
    const world = { ...drawn, namespaces: drawn.namespaces.map((one) => ({ ...one, deleted: false })) };
    const namespace = pick(world.namespaces, index).id;
    const there = namespaceFacts(world, namespace);
    const caller = withOnly(world, mine, namespace);
    const behindKey = onKey ? { behindKey: [caller.person, caller.person] } : {};
    const excess = calculus.isWithin(caller, [{ namespace: there, permissions: other, ...behindKey }]);
    const held = mine.filter((name) => name !== 'organization:create' || there.first);
    const expected = other.filter((name) => !held.includes(name));
    mustEqual(told(excess), told([{ namespaceId: namespace, permissions: expected }]), 'handed on beyond a role');
  });

/** To see a namespace is to hold its view there, or namespace:recover in the organization; under a key, effectively. */
export const seeingIsTheModels = (calculus: Calculus): Property =>
  fc.property(worlds, (world) => {
    for (const asker of askersOf(world)) {
      const caller = callerFacts(world, asker);
      const seen = world.namespaces.map(({ id }) => id).filter((id) => calculus.seesNamespace(caller, namespaceFacts(world, id)));
      const expected = world.namespaces.map(({ id }) => id).filter((id) => model.sees(world, asker, id));
      mustEqual(seen, expected, `seen by ${asker.id}`);
    }
  });

/** Which people, grants and roles are seen is what the reference model says. */
export const seeingPeopleIsTheModels = (calculus: Calculus): Property =>
  fc.property(worlds, (world) => {
    for (const asker of askersOf(world)) {
      const caller = callerFacts(world, asker);
      const users = world.users.filter(({ id, tenant }) => calculus.seesUser(caller, { id, organizationId: tenant }));
      mustEqual(
        users,
        world.users.filter(({ id }) => model.seesUser(world, asker, id)),
        `users seen by ${asker.id}`,
      );
      const grants = world.grants.filter(({ subject, namespace }) =>
        calculus.seesGrant(caller, namespaceFacts(world, namespace), [subject]),
      );
      mustEqual(
        grants,
        world.grants.filter((grant) => model.seesGrant(world, asker, grant)),
        `grants seen by ${asker.id}`,
      );
      must(calculus.seesRoles(caller) === model.seesRoles(world, asker), `${asker.id} sees roles, or does not`);
    }
  });

/** S4.1, S4.9, S4.11, C21: whose keys are seen is what the reference model says. */
export const seeingKeysIsTheModels = (calculus: Calculus): Property =>
  fc.property(worlds, (world) => {
    for (const asker of askersOf(world)) {
      const caller = callerFacts(world, asker);
      const expected = world.keys.map(({ id }) => id).filter((id) => model.seesKey(world, asker, id));
      const seen = world.keys.filter(({ id, user }) => {
        const { home, environment } = keyFacts(world, id);
        return calculus.seesKey(caller, { id, home, environment, userId: user });
      });
      const seenIds = seen.map(({ id }) => id);
      mustEqual(seenIds, expected, `keys seen by ${asker.id}`);
    }
  });
