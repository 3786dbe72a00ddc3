import { randomBytes } from 'node:crypto';
import type { EntitySchema } from 'typeorm';
import { migrations } from '../../migrations/index.js';
import { Act, type Principal } from '../../src/access/index.js';
import { TenantRows } from '../../src/access/TenantRow.js';
import { AuditEventRows } from '../../src/audit/AuditEventRow.js';
import { type Database, openDatabase, parseDatabaseUrl } from '../../src/database/index.js';
import { newId, type Reason, Refusal, searchKey } from '../../src/domain/index.js';
import { NamespaceRows } from '../../src/namespaces/NamespaceRow.js';
import { Passwords } from '../../src/people/passwords.js';
import { UserRows } from '../../src/people/UserRow.js';
import { createSessions, type Sessions, type SignedIn } from '../../src/sessions/index.js';
import { RefreshTokenRows } from '../../src/sessions/RefreshTokenRow.js';
import { SessionRows } from '../../src/sessions/SessionRow.js';
import { SigningKeyRows } from '../../src/sessions/SigningKeyRow.js';
import { nobodyRemembers } from '../support/nobodyRemembers.js';
import { createTestDatabase, databaseKind, type TestDatabase } from '../support/testDatabase.js';

export const ISSUER = 'https://id.example.test';
export const PASSWORD = 'correct horse battery';
const CREATED = '2026-11-01 00:00:00.000';

/** Why somebody is refused. */
export async function refusalOf(work: Promise<unknown>): Promise<Reason> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Refusal)) throw new Error(`expected a refusal, got ${String(error)}`);
  return error.reason;
}

/** Counts comparisons: each is the same amount of work. */
class CountedPasswords extends Passwords {
  comparisons = 0;

  override matches(password: string, digest: string | null): Promise<boolean> {
    this.comparisons += 1;
    return super.matches(password, digest);
  }
}

/** A database with tenants and people, a clock that is set by hand, and sessions on them. */
export class SessionWorld {
  now = new Date('2026-11-21T10:00:00.250Z');
  readonly clock = (): Date => this.now;
  readonly passwords = new CountedPasswords(4);
  readonly encryptionKey = randomBytes(32);
  readonly requestId = 'req_test';
  database: Database;
  sessions: Sessions;
  private readonly opened: Database[] = [];

  private constructor(private readonly home: TestDatabase) {}

  static async open(): Promise<SessionWorld> {
    const world = new SessionWorld(await createTestDatabase());
    world.database = await world.connect();
    world.sessions = await world.createSessions();
    return world;
  }

  /** Another replica's door to the same database; on SQLite there is only one process. */
  async replica(): Promise<Database> {
    return databaseKind() === 'sqlite' ? this.database : this.connect();
  }

  createSessions(changed: Partial<Parameters<typeof createSessions>[0]> = {}): Promise<Sessions> {
    const { database, clock, passwords, encryptionKey } = this;
    return createSessions({ database, clock, passwords, encryptionKey, issuer: ISSUER, ...changed });
  }

  later(seconds: number): void {
    this.now = new Date(this.now.getTime() + seconds * 1_000);
  }

  async organization(): Promise<string> {
    const id = newId('org');
    await this.sql(
      `INSERT INTO namespaces (id, kind, organization_id, name, name_key, created_at, updated_at) VALUES (?, 'ORGANIZATION', ?, 'Acme', 'acme', ?, ?)`,
      [id, id, CREATED, CREATED],
    );
    await this.sql('INSERT INTO tenants (organization_id, is_first, audit_sequence, audit_hash) VALUES (?, 0, 0, ?)', [
      id,
      Buffer.alloc(32),
    ]);
    return id;
  }

  async user(
    organizationId: string,
    email: string,
    { kind = 'HUMAN', active = 1, removed = false, temporary = 0, password = PASSWORD } = {},
  ): Promise<string> {
    const id = newId('usr');
    const digest = await this.passwords.digest(password);
    await this.sql(
      `INSERT INTO users (id, organization_id, kind, name, name_key, email, email_key, password_digest, must_change_password, active, created_at, updated_at, removed_at) VALUES (?, ?, ?, 'Ann', 'ann', ?, ?, ?, ?, ?, ?, ?, ?)`,
      [id, organizationId, kind, email, searchKey(email), digest, temporary, active, CREATED, CREATED, removed ? CREATED : null],
    );
    return id;
  }

  signIn(email: string, password = PASSWORD, organizationId?: string | null): Promise<SignedIn> {
    return this.sessions.signIn({ email, password, organizationId }, this.requestId);
  }

  /** The signed-in person whom an access token stands for. */
  async principalOf({ accessToken }: SignedIn): Promise<Extract<Principal, { kind: 'USER' }>> {
    const principal = await this.sessions.authenticate(accessToken);
    if (principal?.kind !== 'USER') throw new Error('expected a signed-in person');
    return principal;
  }

  /** A request of the bearer of an access token. */
  async act(accessToken: string): Promise<Act> {
    const principal = await this.sessions.authenticate(accessToken);
    if (!principal) throw new Error('this access token is not good');
    return this.actOf(principal);
  }

  actOf(principal: Principal): Act {
    return new Act(principal, this.requestId, this.clock, this.database, nobodyRemembers);
  }

  sql<T = unknown>(statement: string, parameters: readonly unknown[] = []): Promise<T[]> {
    return this.database.transact((rows) => rows.query<T[]>(statement, [...parameters]));
  }

  /** What the tenant's audit trail says, in its order. */
  async audited(organizationId: string): Promise<unknown[]> {
    const events = await this.database.reader.find(AuditEventRows, { where: { organizationId }, order: { sequence: 'ASC' } });
    return events.map(({ action, actorId, targetId, reason, requestId }) => ({ action, actorId, targetId, reason, requestId }));
  }

  async close(): Promise<void> {
    for (const database of this.opened) await database.close();
    await this.home.drop();
  }

  private async connect(): Promise<Database> {
    const url = parseDatabaseUrl(this.home.url);
    if (!url) throw new Error('the test database has no readable address');
    const schemas = [NamespaceRows, TenantRows, UserRows, AuditEventRows, SessionRows, RefreshTokenRows, SigningKeyRows];
    const database = await openDatabase({ url, schemas: schemas as unknown as EntitySchema<never>[], migrations });
    this.opened.push(database);
    return database;
  }
}
