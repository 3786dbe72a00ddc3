import type { Caller, NamespaceFacts } from '../../src/authority/index.js';
import { real } from './calculus.js';
import { universe } from './designTables.js';
import * as laws from './lawProperties.js';
import * as narrowing from './narrowingProperties.js';
import { decideOf, effectiveOf, heldOf, planted, shutOf } from './planting.js';
import * as power from './powerProperties.js';

/** As plantedBugs.test.ts: what hands on, allows or shows too much is planted and must be found. */

describe('empty allows', () => {
  const all = new Set(universe);

  planted(
    'a question with an empty list',
    shutOf((key, { permissions: asked, ...open }) => [key, asked?.length ? { ...open, permissions: asked } : open]),
    laws.emptyQuestionsAreRefused,
  );
  planted(
    'a key with an empty list',
    effectiveOf((key) => (key.permissions.size === 0 ? { ...key, permissions: all } : key)),
    laws.emptyKeysDoNothing,
  );
  planted(
    'a role with an empty list',
    heldOf((person) => ({
      ...person,
      grants: person.grants.map((grant) => (grant.permissions.size > 0 ? grant : { ...grant, permissions: all })),
    })),
    laws.emptyRolesGiveNothing,
  );
  planted(
    'a key that is restricted to nothing',
    shutOf((key, question) => [key.restrictions?.length === 0 ? { ...key, restrictions: null } : key, question]),
    narrowing.emptyRestrictionsAllowNothing,
    laws.verdictIsTheModels,
  );
  planted(
    'a key that works from no network',
    shutOf((key, question) => [key.networks?.length === 0 ? { ...key, networks: null } : key, question]),
    narrowing.emptyRestrictionsAllowNothing,
    laws.verdictIsTheModels,
  );
  planted(
    'a restricted key that is asked about nothing',
    shutOf((key, question) => [question.resource ? key : { ...key, restrictions: null }, question]),
    narrowing.emptyRestrictionsAllowNothing,
    laws.verdictIsTheModels,
  );
  planted(
    'a key with nobody behind it',
    {
      isWithin: (caller, handed) =>
        real.isWithin(
          caller,
          handed.filter(({ behindKey }) => behindKey?.length !== 0),
        ),
    },
    power.emptyPeopleAreBeyond('USER'),
  );
});

describe('power handed on too easily', () => {
  const aside = (caller: Caller, there: NamespaceFacts): number => real.usable(caller, there).size;

  planted(
    'ranks are compared instead of sets',
    {
      isWithin: (caller, handed) =>
        real.isWithin(
          caller,
          handed.filter((each) => [...each.permissions].length > aside(caller, each.namespace)),
        ),
    },
    power.incomparableStaysIncomparable,
    power.withinIsTheModels,
  );
  planted(
    'only the first item is looked at',
    { isWithin: (caller, handed) => real.isWithin(caller, handed.slice(0, 1)) },
    power.withinIsTheModels,
  );
  planted(
    'part of the excess is dropped',
    { isWithin: (caller, handed) => real.isWithin(caller, handed).map((each) => ({ ...each, permissions: each.permissions.slice(0, 1) })) },
    power.withinIsTheModels,
  );
  planted(
    'only the first of the people behind a key is asked',
    {
      isWithin: (caller, handed) =>
        real.isWithin(
          caller,
          handed.map((each) => (each.behindKey ? { ...each, behindKey: each.behindKey.slice(0, 1) } : each)),
        ),
    },
    power.withinIsTheModels,
    power.issuedKeysAreWhollyEffective,
  );
  planted(
    'the people behind a key are not asked',
    {
      isWithin: (caller, handed) =>
        real.isWithin(
          caller,
          handed.map(({ namespace, permissions }) => ({ namespace, permissions })),
        ),
    },
    power.withinIsTheModels,
    power.issuedKeysAreWhollyEffective,
  );
  planted(
    'what an act hands on is not looked at',
    decideOf((attempt) => ({ ...attempt, handsOn: [] })),
    power.decideIsTheModels,
  );
  planted(
    'an ADMIN touches an OWNER',
    decideOf((attempt) => ({ ...attempt, touches: [] })),
    power.levelsAreGuarded,
    power.decideIsTheModels,
  );
});

describe('other breaches', () => {
  const asPerson = (caller: Caller, there: NamespaceFacts): Caller => {
    if (caller.kind === 'USER') return caller;
    const grants = [{ namespaceId: there.id, permissions: real.effective(caller.key, there) }];
    return {
      kind: 'USER',
      tenant: caller.tenant,
      person: { id: 'user of the key', organizationId: caller.tenant.id, state: 'ACTIVE', grants },
    };
  };

  planted(
    'a key uses what is session-only',
    { usable: (caller, there) => real.usable(asPerson(caller, there), there) },
    power.keysNeverUseSessionOnly,
  );
  planted(
    'a key acts with what is session-only',
    decideOf((attempt) => ({ ...attempt, caller: asPerson(attempt.caller, attempt.where) })),
    power.keysNeverUseSessionOnly,
    power.decideIsTheModels,
  );
  planted(
    'forbidden comes before absent',
    decideOf((attempt) => ({ ...attempt, visible: true })),
    power.absentComesFirst,
    power.strangersMayNothing,
    power.decideIsTheModels,
  );
  planted(
    'whoever asks about a thing owns it',
    decideOf((attempt) => ({ ...attempt, own: true })),
    power.strangersMayNothing,
    power.decideIsTheModels,
  );
  planted(
    'a key that is restricted to resources acts here',
    {
      usable: (caller, there) =>
        real.usable(caller.kind === 'KEY' ? { ...caller, key: { ...caller.key, restrictions: null } } : caller, there),
    },
    power.restrictedKeysUseNothing,
  );
  planted(
    'the environment is not asked',
    shutOf((key, question) => [key, { ...question, environment: key.environment }]),
    laws.verdictIsTheModels,
  );
  planted(
    'a namespace that does not exist is taken for the home',
    shutOf((key, { namespace, ...home }) => [key, namespace ? { ...home, namespace } : home]),
    laws.verdictIsTheModels,
  );
  planted(
    'explain asks a moment later than the decision',
    { explain: (key, question) => real.explain(key, { ...question, now: question.now + 1 }) },
    laws.explainAgrees,
  );
  planted(
    'the last grant takes the place of the earlier ones',
    heldOf((person, there) => ({ ...person, grants: person.grants.filter(({ namespaceId }) => namespaceId === there.id).slice(-1) })),
    laws.grantsNeverRemove,
    laws.heldIsTheModels,
  );
  planted(
    'organizations are created by the owner of any',
    { held: (person, there) => real.held(person, { ...there, first: true }) },
    laws.heldIsTheModels,
  );
  planted(
    'a tenant-wide right crosses into another tenant',
    { hasRight: (caller, name, there) => real.hasRight(caller, name, there) || real.hasRight(caller, name, caller.tenant) },
    power.rightsAreTheModels,
  );
  planted(
    'a member sees the whole tenant',
    { seesNamespace: (caller, there) => !there.deleted && there.organizationId === caller.tenant.id },
    power.seeingIsTheModels,
    power.strangersMayNothing,
  );
  planted(
    'a key sees the keys of other environments',
    { seesKey: (caller, key) => real.seesKey(caller, caller.kind === 'KEY' ? { ...key, environment: caller.key.environment } : key) },
    power.seeingKeysIsTheModels,
  );
});
