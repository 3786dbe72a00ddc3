import {
  builtInRole,
  type Caller,
  decide,
  effective,
  firstShut,
  type HeldRole,
  type KeyFacts,
  type NamespaceFacts,
  type Permission,
  permission,
  type Person,
} from '../../../src/authority/index.js';
import { newId } from '../../../src/domain/index.js';
import type { Subject } from '../measure.js';

/** Decisions about somebody who holds a role in each of 50 workspaces: ADMIN in every second one, VIEWER in the others. */

export const GRANTS = 50;

/** An equal text at another address: what is asked for comes off the wire, and is never the very string that is stored. */
const copied = <Text extends string>(text: Text): Text => Buffer.from(text).toString() as Text;

const [organizationId, applicationId] = [newId('org'), newId('app')];
const organization: NamespaceFacts = {
  id: organizationId,
  kind: 'ORGANIZATION',
  organizationId,
  applicationId: null,
  deleted: false,
  first: false,
};
const workspaces: readonly NamespaceFacts[] = Array.from({ length: GRANTS }, () => ({
  id: newId('wks'),
  kind: 'WORKSPACE',
  organizationId,
  applicationId,
  deleted: false,
  first: false,
}));

const permissionsOf = (role: string): ReadonlySet<Permission> => builtInRole(role)?.permissions ?? new Set();
const admin = permissionsOf('rol_admin');
const viewer = permissionsOf('rol_viewer');

/** A person with those 50 grants, and nothing in the organization. */
const person = (name: string): Person => ({
  id: name,
  organizationId: copied(organizationId),
  state: 'ACTIVE',
  grants: workspaces.map((workspace, index): HeldRole => ({
    namespaceId: copied(workspace.id),
    permissions: index % 2 === 0 ? admin : viewer,
  })),
});
const [ada, ben] = [person('usr_ada'), person('usr_ben')];

const callerOf = (who: Person): Caller => ({ kind: 'USER', tenant: organization, person: who });
const caller = callerOf(ada);
const edit = copied(permission('workspace:edit'));

/** A key of Ada's in each workspace, issued by her or by somebody else. */
const keysBy = (issuer: Person): readonly KeyFacts[] =>
  workspaces.map((home) => ({
    id: newId('key'),
    home,
    environment: 'PRODUCTION',
    permissions: admin,
    people: [ada, issuer],
    parent: null,
    restrictions: null,
    networks: null,
    rateLimit: null,
    stopped: false,
    expiresAt: null,
  }));

const at = <Row>(table: readonly Row[], turn: number): Row => table[turn % GRANTS] as Row;
const question = { environment: 'PRODUCTION', permissions: [edit], now: 0 } as const;
const ofOneself = keysBy(ada);
const ofAnother = keysBy(ben);
const transaction = {};

/** What is asked in each turn: may Ada, or her key, edit one of the workspaces? Yes where she is ADMIN: in every even turn. */
export const subjects: readonly [bare: Subject, ...Subject[]] = [
  { name: 'a bare Set.has', run: (turn) => (turn % 2 === 0 ? admin : viewer).has(edit) },
  {
    name: 'decide: a person edits a workspace',
    run: (turn) => {
      const where = at(workspaces, turn);
      const { outcome } = decide({ action: 'workspace.update', caller, where, visible: true, target: where.id, transaction });
      return outcome === 'PERMITTED';
    },
  },
  {
    name: 'decide: a person issues themselves a key',
    run: (turn) => {
      const where = at(workspaces, turn);
      const handsOn = [{ namespace: where, permissions: [edit], behindKey: [ada, ada] }];
      const attempt = { caller, where, visible: true, own: true, target: 'key', transaction, handsOn };
      return decide({ action: 'apiKey.create', ...attempt }).outcome === 'PERMITTED';
    },
  },
  {
    name: 'firstShut: a key of one’s own',
    run: (turn) => firstShut(at(ofOneself, turn), question) === null,
  },
  {
    name: 'firstShut: a key issued by another',
    run: (turn) => firstShut(at(ofAnother, turn), question) === null,
  },
  {
    name: 'effective: all that such a key can do',
    run: (turn) => effective(at(ofAnother, turn), at(workspaces, turn)).has(edit),
  },
];
