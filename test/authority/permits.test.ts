import type { Change } from '../../src/access/index.js';
import { type Attempt, type Caller, decide, type NamespaceFacts, type Permit, permission } from '../../src/authority/index.js';

const organization: NamespaceFacts = {
  id: 'org_1',
  kind: 'ORGANIZATION',
  organizationId: 'org_1',
  applicationId: null,
  deleted: false,
  first: false,
};
const granted = { namespaceId: 'org_1', permissions: new Set([permission('application:create')]) };
const caller: Caller = {
  kind: 'USER',
  tenant: organization,
  person: { id: 'usr_1', organizationId: 'org_1', state: 'ACTIVE', grants: [granted] },
};
const attempt = { caller, where: organization, visible: true, target: 'app_1', transaction: {} };

/** What a store demands: proof of one decision. */
const store = (permit: Permit<'application.create'>): string => permit.target;

test('a store takes the permit of its own act, made by decide', () => {
  const decision = decide({ action: 'application.create', ...attempt });
  if (decision.outcome !== 'PERMITTED') throw new Error(decision.outcome);
  expect(store(decision.permit)).toBe('app_1');
});

test('code that skipped the decision, or left out what its act must say, does not compile', () => {
  // Held by the compiler: each line below is an error, or the type check of the tests fails.
  const skipped = (permit: Permit<'workspace.create'>): void => {
    // @ts-expect-error the permit is for another act
    store(permit);
    // @ts-expect-error a permit cannot be written down
    store({ action: 'application.create', target: 'app_1', transaction: {} });
    // @ts-expect-error an act that hands power on must say what
    const handing: Attempt<'apiKey.create'> = { action: 'apiKey.create', ...attempt };
    // @ts-expect-error an act that touches people must say what they carry
    const touching: Attempt<'user.remove'> = { action: 'user.remove', ...attempt };
    void [handing, touching];
  };
  const { transaction: _transaction, ...said } = attempt;
  const inChange = (change: Change): void => {
    // @ts-expect-error the same within a change: what is handed on is left out
    change.permit('input.namespaceId', { action: 'apiKey.create', ...said });
    // @ts-expect-error the same within a change: what is touched is left out
    change.permit('input.id', { action: 'user.remove', ...said });
    // @ts-expect-error what a change permits is the act that was asked for
    store(change.permit('input.id', { action: 'role.delete', ...said }));
  };
  expect([skipped, inChange].every((each) => typeof each === 'function')).toBe(true);
});
