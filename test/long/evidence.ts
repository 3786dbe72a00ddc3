import { DataSource, type EntitySchema } from 'typeorm';
import { TenantRows } from '../../src/access/TenantRow.js';
import { AuditEventRows } from '../../src/audit/AuditEventRow.js';
import { parseDatabaseUrl } from '../../src/database/index.js';
import { ApiKeyRows } from '../../src/keys/ApiKeyRow.js';
import { NamespaceRows } from '../../src/namespaces/NamespaceRow.js';
import { UserRows } from '../../src/people/UserRow.js';
import { GrantRows } from '../../src/roles/GrantRow.js';
import { SessionRows } from '../../src/sessions/SessionRow.js';
import { brokenLinks } from '../support/auditChain.js';
import type { Acknowledged } from './crowd.js';

const entities = [ApiKeyRows, AuditEventRows, GrantRows, NamespaceRows, SessionRows, TenantRows, UserRows];

/** Everything that a database holds against a service that was killed: what is missing, and what does not fit together. */
export async function contradictions(address: string, acknowledged: Acknowledged): Promise<string[]> {
  const source = new DataSource(readerOf(address));
  await source.initialize();
  try {
    return await compare(source, acknowledged);
  } finally {
    await source.destroy();
  }
}

/** The database itself, beside the service: only to look at. */
function readerOf(address: string): ConstructorParameters<typeof DataSource>[0] {
  const url = parseDatabaseUrl(address);
  if (!url) throw new Error('the database has no readable address');
  const schemas = entities as unknown as EntitySchema<never>[];
  if (url.kind === 'sqlite') return { type: 'better-sqlite3', database: url.file, readonly: true, entities: schemas };
  const { host, port, user, password, database } = url;
  return { type: 'mysql', host, port, username: user, password, database, timezone: 'Z', charset: 'utf8mb4', entities: schemas };
}

async function compare({ manager }: DataSource, acknowledged: Acknowledged): Promise<string[]> {
  const wrong: string[] = [];
  const missing = (what: string, expected: Iterable<string>, found: ReadonlySet<string>): void => {
    for (const id of expected) if (!found.has(id)) wrong.push(`${what} ${id} is missing`);
  };
  /** Two sets of ids that must be the same, each id once. */
  const same = (what: string, rows: readonly string[], told: readonly string[]): void => {
    missing(`the event of ${what}`, rows, new Set(told));
    missing(`what an event tells of, ${what}`, told, new Set(rows));
    if (new Set(told).size !== told.length) wrong.push(`${what} has more than one event`);
  };

  const events = await manager.find(AuditEventRows);
  const [tenant] = await manager.find(TenantRows);
  if (!tenant) return ['the tenant is missing'];
  wrong.push(...brokenLinks(events, tenant));
  const toldOf = (action: string): string[] => events.filter((event) => event.action === action).map(({ targetId }) => targetId ?? '');

  const namespaces = await manager.find(NamespaceRows);
  const ofKind = (kind: string): string[] => namespaces.filter((row) => row.kind === kind).map(({ id }) => id);
  const keys = await manager.find(ApiKeyRows);
  const revoked = keys.filter(({ revokedAt }) => revokedAt !== null).map(({ id }) => id);
  const grants = await manager.find(GrantRows);
  const users = await manager.find(UserRows);

  missing('the acknowledged workspace', acknowledged.workspaces, new Set(ofKind('WORKSPACE')));
  missing('the acknowledged key', acknowledged.keys.keys(), new Set(keys.map(({ id }) => id)));
  missing('the acknowledged revocation of', acknowledged.revoked, new Set(revoked));
  missing('the acknowledged grant', acknowledged.grants, new Set(grants.map(({ id }) => id)));

  same('a workspace', ofKind('WORKSPACE'), toldOf('workspace.create'));
  same('an application', ofKind('APPLICATION'), toldOf('application.create'));
  same(
    'a key',
    keys.map(({ id }) => id),
    toldOf('apiKey.create'),
  );
  same('a revocation', revoked, toldOf('apiKey.revoke'));
  // The founding has no event: its user and their grant come before anybody is there to act.
  const founders = new Set(grants.filter(({ roleId }) => roleId === 'rol_owner').map(({ subjectId }) => subjectId));
  same(
    'a user',
    users.map(({ id }) => id).filter((id) => !founders.has(id)),
    toldOf('user.create'),
  );
  same(
    'a grant',
    grants.filter(({ roleId }) => !['rol_admin', 'rol_owner'].includes(roleId)).map(({ id }) => id),
    toldOf('grant.create'),
  );
  same(
    'a session',
    (await manager.find(SessionRows)).map(({ id }) => id),
    toldOf('session.create'),
  );
  // Whoever created a namespace became its admin in the same change, once.
  same(
    'the first grant of a namespace',
    namespaces.map(({ id }) => id).filter((id) => !id.startsWith('org_')),
    grants.filter(({ roleId }) => roleId === 'rol_admin').map(({ namespaceId }) => namespaceId),
  );

  const known = [
    'workspace.create',
    'application.create',
    'apiKey.create',
    'apiKey.revoke',
    'user.create',
    'grant.create',
    'session.create',
  ];
  for (const { action, sequence } of events) if (!known.includes(action)) wrong.push(`event ${sequence} tells of ${action}`);
  return wrong;
}
