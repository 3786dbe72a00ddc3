import { randomBytes } from 'node:crypto';
import type { EntitySchema } from 'typeorm';
import { migrations } from '../../migrations/index.js';
import { TenantRows } from '../../src/access/TenantRow.js';
import { type Database, openDatabase, parseDatabaseUrl, type Rows } from '../../src/database/index.js';
import { newId, searchKey } from '../../src/domain/index.js';
import { ApiKeyRows } from '../../src/keys/ApiKeyRow.js';
import { NamespaceRows } from '../../src/namespaces/NamespaceRow.js';
import { UserRows } from '../../src/people/UserRow.js';
import { tables } from '../../src/tables.js';
import { createTestDatabase, databaseKind, type TestDatabase } from '../support/testDatabase.js';

/** Every table's entity. */
export const schemas = tables as unknown as readonly EntitySchema<never>[];

/** Opens a test's database the way the service does. */
export function openAt(address: string, onStatement?: (sql: string) => void): Promise<Database> {
  const url = parseDatabaseUrl(address);
  if (!url) throw new Error('the test database has no readable address');
  return openDatabase({ url, schemas, migrations, ...(onStatement && { onStatement }) });
}

/** An empty, migrated database, and rows in it that break no constraint. */
export class DatabaseWorld {
  readonly now = new Date('2026-11-21T10:00:00.250Z');
  private readonly opened: Database[] = [];

  private constructor(
    readonly home: TestDatabase,
    readonly database: Database,
  ) {
    this.opened.push(database);
  }

  static async open(onStatement?: (sql: string) => void): Promise<DatabaseWorld> {
    const home = await createTestDatabase();
    return new DatabaseWorld(home, await openAt(home.url, onStatement));
  }

  /** Another replica's door to the same database; on SQLite there is only one process. */
  async replica(): Promise<Database> {
    if (databaseKind() === 'sqlite') return this.database;
    const replica = await openAt(this.home.url);
    this.opened.push(replica);
    return replica;
  }

  /** One statement in a transaction of its own. */
  sql<T = unknown>(statement: string, parameters: readonly unknown[] = []): Promise<T[]> {
    return this.database.transact((rows) => rows.query<T[]>(statement, [...parameters]));
  }

  /** A namespace that is an organization, without a tenant's row. */
  async namespace(name: string, id: string = newId('org'), rows: Rows | null = null): Promise<string> {
    const insert = (into: Rows) =>
      into.insert(NamespaceRows, {
        id,
        kind: 'ORGANIZATION',
        organizationId: id,
        applicationId: null,
        name,
        nameKey: searchKey(name),
        description: null,
        createdAt: this.now,
        updatedAt: this.now,
        deletedAt: null,
      });
    await (rows ? insert(rows) : this.database.transact(insert));
    return id;
  }

  /** An organization with a tenant's row, at the beginning of its audit chain. */
  async tenant(name = 'Acme'): Promise<string> {
    const organizationId = await this.namespace(name);
    await this.database.transact((rows) =>
      rows.insert(TenantRows, {
        organizationId,
        isFirst: false,
        auditSequence: 0,
        auditHash: Buffer.alloc(32),
        membersMayCreateApiKeys: true,
        maxApiKeyLifetimeDays: null,
      }),
    );
    return organizationId;
  }

  async user(organizationId: string, email: string | null = null, name = 'Ann'): Promise<string> {
    const id = newId('usr');
    await this.database.transact((rows) =>
      rows.insert(UserRows, {
        id,
        organizationId,
        kind: 'HUMAN',
        name,
        nameKey: searchKey(name),
        email,
        emailKey: email === null ? null : searchKey(email),
        passwordDigest: null,
        mustChangePassword: false,
        active: true,
        createdAt: this.now,
        updatedAt: this.now,
        removedAt: null,
      }),
    );
    return id;
  }

  /** A key at home in the organization. */
  async apiKey(organizationId: string, userId: string, expiresAt: Date | null = null): Promise<string> {
    const id = newId('key');
    await this.database.transact((rows) =>
      rows.insert(ApiKeyRows, {
        id,
        organizationId,
        namespaceId: organizationId,
        environment: 'PRODUCTION',
        userId,
        createdBy: userId,
        issuedBy: userId,
        createdByApiKeyId: null,
        name: 'Key',
        nameKey: 'key',
        description: null,
        roleId: null,
        permissions: ['service:manage'],
        hint: 'bwk_prod_',
        secretDigest: randomBytes(32),
        expiresAt,
        createdAt: this.now,
        updatedAt: this.now,
        revokedAt: null,
        revokedBy: null,
        revokeReason: null,
        revokedPermanently: false,
        deletedAt: null,
        stopped: false,
        generation: 1,
      }),
    );
    return id;
  }

  async close(): Promise<void> {
    for (const database of this.opened) await database.close();
    await this.home.drop();
  }
}

/** What a piece of work was refused with. */
export async function errorOf(work: () => Promise<unknown>): Promise<Error> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('expected an error');
}
