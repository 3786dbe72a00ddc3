import * as fc from 'fast-check';
import { decideFounding, gates, isFor, livingGates } from '../../src/authority/index.js';
import { type Calculus, real } from './calculus.js';
import * as laws from './lawProperties.js';
import * as narrowing from './narrowingProperties.js';
import * as power from './powerProperties.js';
import type { Property } from './questions.js';
import { reachIsTheModels } from './reachProperties.js';
import * as total from './totalProperties.js';

/** The laws of DESIGN section 1, each against the reference model. A failure prints its seed; `fc.assert` replays it. */

const law = (sentence: string, property: (calculus: Calculus) => Property, numRuns = 200): void =>
  test(sentence, () => {
    fc.assert(property(real), { numRuns });
  });

describe('the calculus is the one of the design', () => {
  law('what is held is what the reference model says, in every namespace (S3.15)', laws.heldIsTheModels);
  law('what a home reaches is what the reference model says (S3.17-S3.24, C20)', reachIsTheModels, 60);
  law('what is effective is key ∩ reach ∩ each of the people, in every namespace (S3.6, S3.14, C10, C11)', laws.effectiveIsTheModels);
  law('what is answered without making a set is what the set says', laws.questionsAreTheSets);
  law('the first shut gate is the one the reference model names (S2.6, S2.13, S2.15)', laws.verdictIsTheModels, 500);
  law('what is there and what is missing there is what the reference model says (S2.15)', laws.missingIsTheModels);
  law('the right to something is held there, or tenant-wide in the organization by a signed-in user', power.rightsAreTheModels);
  law('what is seen is what the reference model says', power.seeingIsTheModels);
  law('which people, grants and roles are seen is what the reference model says (S4.11)', power.seeingPeopleIsTheModels);
  law('whose keys are seen is what the reference model says (S4.1, S4.9, S4.11, C21)', power.seeingKeysIsTheModels);
});

describe('law 1, default deny', () => {
  law('without a grant nothing is held, nothing is effective and no key is valid', laws.nothingIsHeldByDefault);
  law('without a grant nobody is permitted anything but their own, and nothing is seen', power.strangersMayNothing);
});

describe('law 2, isolation', () => {
  law('grants in other namespaces change neither what is held here nor what is effective here', laws.grantsElsewhereChangeNothing);
  law('namespaces are flat: an application gives nothing in its workspaces, nor the reverse (S3.15)', laws.namespacesAreFlat);
  law('nobody holds and no key does anything in another tenant (S4.11)', laws.tenantsAreApart);
});

describe('law 3, a grant never removes', () => {
  law('adding a grant takes nothing that was held or effective, and turns no yes into a no', laws.grantsNeverRemove);
  law('adding a grant undoes no permit and hides no namespace', power.grantsNeverForbid);
});

describe('law 4, the cap', () => {
  law('no key exceeds what it carries or what each of its people holds, after any row of changes (S3.16, C12)', laws.keysAreCapped, 150);
  law('what isWithin lets onto a new key is wholly held and effective at once (S3.14, S3.16)', power.issuedKeysAreWhollyEffective, 500);
});

describe('law 5, empty is nothing', () => {
  law('a key with an empty list does nothing anywhere', laws.emptyKeysDoNothing);
  law('a role with an empty list gives nothing', laws.emptyRolesGiveNothing);
  law('an empty question is refused, and one without a list is VALID only if something is effective', laws.emptyQuestionsAreRefused, 500);
  law(
    'a key restricted to nothing, or asked about nothing that it is restricted to, is refused (R79, C19)',
    narrowing.emptyRestrictionsAllowNothing,
    500,
  );
  law('a restriction never allows what is refused without it (S2.18, C19)', narrowing.narrowingNeverWidens, 500);
  law('nobody may hand anything to a key with nobody behind it', power.emptyPeopleAreBeyond('USER'));
});

describe('law 6, incomparable roles stay incomparable', () => {
  law('who holds one role hands on of another only what both share: sets, never ranks (S0.10)', power.incomparableStaysIncomparable, 500);
});

describe('law 7, dead is dead', () => {
  law('a key that is stopped, expired, homeless, orphaned or without a living person behind it is never valid (C14)', laws.deadIsDead, 500);
  law(
    'at the very instant of its expiry a key is expired, and what was stopped is told first (S3.8, C17, C18)',
    laws.statusTurnsAtTheInstant,
  );
});

describe('law 8, total', () => {
  law('held, reach, effective and the gates answer whatever fits their types, and the cap holds even there', total.gatesAreTotal, 1000);
  law('seeing, isWithin and decide answer whatever fits their types', total.decisionsAreTotal, 1000);
});

describe('law 9, explain and decide agree', () => {
  law('explain walks the gates in the order of section 4 and its first shut one is the verdict', laws.explainAgrees, 500);

  test('the doors of this API ask every gate but those of what the key is used for, in the same order', () => {
    const used = ['permissions', 'resource'];
    expect(livingGates).toEqual(gates.filter(({ name }) => !used.includes(name)));
    expect(gates).toHaveLength(livingGates.length + used.length);
  });
});

describe('power handed on', () => {
  law('law 5: nobody behind a key is nothing to hold, also for a key that hands on', power.emptyPeopleAreBeyond('KEY'), 500);
  law('isWithin tells exactly the excess, each namespace by itself, and drops none of it (C13)', power.withinIsTheModels, 500);
});

describe('decide', () => {
  law('ends as the reference model says (S4.2-S4.6)', power.decideIsTheModels, 500);
  law('names what is missing, tells the whole excess, and permits no other act than the one asked for', power.decisionsAreExact, 500);
  law('says NOT_FOUND before FORBIDDEN of what is not visible, and always in another tenant (S4.11)', power.absentComesFirst, 500);
  law('never uses a session-only permission under a key (C22)', power.keysNeverUseSessionOnly, 500);
  law('gives a key that is restricted to resources nothing to do here (S2.18, C19)', power.restrictedKeysUseNothing);
  law('lets a key edit, reactivate and delete no key, and revoke none but itself, whatever it carries (R78)', power.keysManageNoKeys, 500);
  law(
    'lets an OWNER of the organization grant in any namespace of the tenant, and revoke there, and nothing else',
    power.ownersRecover,
    500,
  );
  law('touches an OWNER with owner:manage only and an ADMIN with admin:manage only (S0.6, S0.7)', power.levelsAreGuarded, 500);

  test('permits the first organization without a caller, once', () => {
    const permit = decideFounding({ founded: false }, 'org_1', {});
    expect(permit).toMatchObject({ action: 'organization.create', target: 'org_1' });
    expect(permit && [isFor(permit, 'organization.create'), isFor(permit, 'organization.delete')]).toEqual([true, false]);
    expect(decideFounding({ founded: true }, 'org_1', {})).toBeNull();
  });
});
