import type { NamespaceFacts, Permission, Person, KeyFacts } from '../../src/authority/index.js';
import { type Calculus, real } from './calculus.js';
import { universe } from './designTables.js';
import * as laws from './lawProperties.js';
import { awake, both, decideOf, effectiveOf, heldOf, planted, shutOf, type Tamper } from './planting.js';
import * as power from './powerProperties.js';
import { reachIsTheModels } from './reachProperties.js';

/** The laws are worth something only if they catch what they are there for: each of these bugs is planted and must be found. */

const everywhere = (person: Person, there: NamespaceFacts): Person => ({
  ...person,
  grants: person.grants.map((grant) => ({ ...grant, namespaceId: there.id })),
});

describe('a broken cap', () => {
  const remembered = new Map<string, ReadonlySet<Permission>>();
  const almighty: Tamper<KeyFacts> = (key, there) =>
    both(key, (person) => ({
      ...awake(person),
      organizationId: there.organizationId,
      grants: [{ namespaceId: there.id, permissions: key.permissions }],
    }));

  planted(
    'nobody behind the key is asked',
    effectiveOf(almighty),
    laws.keysAreCapped,
    laws.effectiveIsTheModels,
    laws.nothingIsHeldByDefault,
  );
  planted(
    'only the user is asked, not the issuer',
    effectiveOf((key) => ({ ...key, people: [key.people[0], key.people[0]] })),
    laws.keysAreCapped,
    laws.verdictIsTheModels,
  );
  planted(
    'only the issuer is asked, not the user',
    effectiveOf((key) => ({ ...key, people: [key.people[1], key.people[1]] })),
    laws.keysAreCapped,
    laws.verdictIsTheModels,
  );
  planted(
    'what a key carries is not asked',
    effectiveOf((key) => ({ ...key, permissions: new Set(universe) })),
    laws.keysAreCapped,
    laws.emptyKeysDoNothing,
  );
  planted(
    'the cap is taken once, and kept',
    {
      effective(key, there) {
        const name = `${key.id} ${there.id}`;
        const first = remembered.get(name) ?? real.effective(key, there);
        remembered.set(name, first);
        return first;
      },
    },
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- plug-ins are given to fc.assert, which is called elsewhere
    (calculus) => laws.keysAreCapped(calculus).beforeEach(() => remembered.clear()),
  );
});

describe('a broken isolation', () => {
  const inherited: Tamper<Person> = (person, there) => ({
    ...person,
    grants: person.grants.map((grant) => (grant.namespaceId === there.applicationId ? { ...grant, namespaceId: there.id } : grant)),
  });
  const flat = [laws.grantsElsewhereChangeNothing, laws.namespacesAreFlat, laws.heldIsTheModels] as const;

  planted('a grant holds in every namespace', heldOf(everywhere), ...flat);
  planted('a grant in an application holds in its workspaces', heldOf(inherited), ...flat);
  planted(
    'a key is capped by what is held anywhere',
    effectiveOf((key, there) => both(key, (person) => everywhere(person, there))),
    laws.grantsElsewhereChangeNothing,
    laws.keysAreCapped,
  );
  planted(
    'a grant that strays into another tenant counts',
    heldOf((person, there) => ({ ...person, organizationId: there.organizationId })),
    laws.tenantsAreApart,
    laws.heldIsTheModels,
  );
  planted(
    'an act in another tenant is decided',
    decideOf((attempt) => ({ ...attempt, where: { ...attempt.where, organizationId: attempt.caller.tenant.id } })),
    power.absentComesFirst,
    power.decideIsTheModels,
  );
});

describe('a broken reach', () => {
  const reachOf = (more: (home: NamespaceFacts, target: NamespaceFacts) => boolean): Pick<Calculus, 'reach'> => ({
    reach: (home, target) => (more(home, target) && !home.deleted && !target.deleted ? 'everything' : real.reach(home, target)),
  });
  const beside = (home: NamespaceFacts, target: NamespaceFacts): boolean =>
    home.applicationId !== null && home.applicationId === target.applicationId;

  planted('a workspace reaches its siblings', reachOf(beside), reachIsTheModels);
  planted(
    'an application reaches what is inside its workspaces',
    reachOf((home, target) => target.applicationId === home.id),
    reachIsTheModels,
  );
  planted(
    'an organization reaches its applications',
    reachOf((home, target) => home.id === target.organizationId),
    reachIsTheModels,
  );
  planted(
    'the tenant is not asked',
    { reach: (home, target) => real.reach({ ...home, organizationId: target.organizationId }, target) },
    reachIsTheModels,
  );
  planted('a deleted home still reaches', { reach: (home, target) => real.reach({ ...home, deleted: false }, target) }, reachIsTheModels);
  planted(
    'a key is at home wherever it is asked about',
    effectiveOf((key, there) => ({ ...key, home: there })),
    laws.effectiveIsTheModels,
    laws.verdictIsTheModels,
  );
});

describe('the dead walk', () => {
  const late = shutOf((key, question) => [key, { ...question, now: question.now - 1 }]);

  planted(
    'at its expiry a key is still alive',
    { ...late, keyStatus: (key, now) => real.keyStatus(key, now - 1) },
    laws.deadIsDead,
    laws.statusTurnsAtTheInstant,
  );
  planted(
    'expired is told before stopped',
    { keyStatus: (key, now) => (real.keyStatus({ ...key, stopped: false }, now) === 'EXPIRED' ? 'EXPIRED' : real.keyStatus(key, now)) },
    laws.statusTurnsAtTheInstant,
  );
  planted(
    'an inactive or removed person still counts',
    { ...heldOf(awake), ...effectiveOf((key) => both(key, awake)) },
    laws.heldIsTheModels,
    laws.keysAreCapped,
    laws.deadIsDead,
  );
  planted(
    'a key outlives its parent',
    shutOf((key, question) => [{ ...key, parent: null }, question]),
    laws.deadIsDead,
    laws.verdictIsTheModels,
  );
  planted(
    'a deleted namespace still holds',
    { held: (person, there) => real.held(person, { ...there, deleted: false }) },
    laws.heldIsTheModels,
  );
  planted(
    'a deactivated person still does what is their own',
    decideOf((attempt) =>
      attempt.caller.kind === 'USER' ? { ...attempt, caller: { ...attempt.caller, person: awake(attempt.caller.person) } } : attempt,
    ),
    power.decideIsTheModels,
  );
});
