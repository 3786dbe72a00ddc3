/** @jest-environment ./test/database/newYorkEnvironment.ts */
import { LessThanOrEqual, MoreThan } from 'typeorm';
import { TenantRows } from '../../src/access/TenantRow.js';
import { ApiKeyRows } from '../../src/keys/ApiKeyRow.js';
import { UserRows } from '../../src/people/UserRow.js';
import { RefreshTokenRows } from '../../src/sessions/RefreshTokenRow.js';
import { SessionRows } from '../../src/sessions/SessionRow.js';
import { newId } from '../../src/domain/index.js';
import { databaseKind } from '../support/testDatabase.js';
import { DatabaseWorld, errorOf } from './databaseWorld.js';

let world: DatabaseWorld;
let tenant: string;
let user: string;

beforeAll(async () => {
  world = await DatabaseWorld.open();
  tenant = await world.tenant();
  user = await world.user(tenant);
});
afterAll(() => world.close());

describe('an instant (R41, S3.8)', () => {
  /** Beside ordinary ones: hours that a clock in New York skips or has twice, and the ends of what is accepted. */
  const instants = [
    '2026-11-21T10:00:00.600Z',
    '2026-03-08T07:30:00.001Z',
    '2026-11-01T05:30:00.500Z',
    '2026-11-01T06:30:00.500Z',
    '2026-12-31T23:59:59.999Z',
    '2024-02-29T18:30:00.000Z',
    '1970-01-01T00:00:00.001Z',
    '9999-12-31T23:59:59.999Z',
  ].map((text) => new Date(text));

  it('is tested in a zone that is not UTC, on a server in another one', async () => {
    expect(new Date('2026-11-21T00:00:00Z').getTimezoneOffset()).toBe(300);
    if (databaseKind() === 'sqlite') return;
    const [row] = await world.database.reader.query<{ zone: string; apart: string }[]>(
      'SELECT @@global.time_zone AS zone, TIMEDIFF(NOW(), UTC_TIMESTAMP()) AS apart',
    );
    // Our own connections are in UTC all the same.
    expect(row).toEqual({ zone: '+05:30', apart: '00:00:00' });
  });

  it('comes back to the millisecond, whatever the zones of the process and of the server', async () => {
    for (const instant of instants) {
      const id = await world.apiKey(tenant, user, instant);
      const { expiresAt } = await world.database.reader.findOneByOrFail(ApiKeyRows, { id });
      expect(expiresAt?.toISOString()).toBe(instant.toISOString());
    }
  });

  it('is written as UTC, in the same characters on every database', async () => {
    const [id, text] = [await world.apiKey(tenant, user, new Date('2026-07-04T12:34:56.789Z')), 'CAST(expires_at AS CHAR(23))'];
    const [row] = await world.database.reader.query<{ text: string }[]>(`SELECT ${text} AS text FROM api_keys WHERE id = ?`, [id]);
    expect(row?.text).toBe('2026-07-04 12:34:56.789');
  });

  it('is compared to the millisecond too', async () => {
    const id = await world.apiKey(tenant, user, new Date('2030-01-01T00:00:00.600Z'));
    const count = (expiresAt: ReturnType<typeof MoreThan<Date>>) => world.database.reader.countBy(ApiKeyRows, { id, expiresAt });
    expect(await count(MoreThan(new Date('2030-01-01T00:00:00.599Z')))).toBe(1);
    expect(await count(MoreThan(new Date('2030-01-01T00:00:00.600Z')))).toBe(0);
    expect(await count(LessThanOrEqual(new Date('2030-01-01T00:00:00.600Z')))).toBe(1);
    expect(await count(LessThanOrEqual(new Date('2030-01-01T00:00:00.599Z')))).toBe(0);
  });
});

describe('bytes', () => {
  it('come back as they were, zeros at the end too', async () => {
    for (const auditHash of [Buffer.alloc(32), Buffer.from([...Array(31).fill(0), 1]), Buffer.from([255, ...Array(31).fill(0)])]) {
      await world.database.transact((rows) => rows.update(TenantRows, { organizationId: tenant }, { auditHash }));
      const { auditHash: found } = await world.database.reader.findOneByOrFail(TenantRows, { organizationId: tenant });
      expect(found.toString('hex')).toBe(auditHash.toString('hex'));
    }
  });

  it('of a digest are 32: fewer, more or none are refused, and never padded', async () => {
    const key = await world.apiKey(tenant, user);
    const session = newId('ses');
    const { now } = world;
    await world.database.transact((rows) =>
      rows.insert(SessionRows, { id: session, userId: user, createdAt: now, expiresAt: now, endedAt: null }),
    );
    for (const wrong of [Buffer.alloc(31, 1), Buffer.alloc(33, 1), Buffer.alloc(0), null]) {
      const secretDigest = wrong as Buffer;
      await errorOf(() => world.database.transact((rows) => rows.update(ApiKeyRows, { id: key }, { secretDigest })));
      await errorOf(() =>
        world.database.transact((rows) =>
          rows.insert(RefreshTokenRows, { digest: wrong as Buffer, sessionId: session, createdAt: now, spentAt: null }),
        ),
      );
    }
    const { secretDigest } = await world.database.reader.findOneByOrFail(ApiKeyRows, { id: key });
    expect(secretDigest).toHaveLength(32);
    expect(await world.database.reader.count(RefreshTokenRows)).toBe(0);
  });
});

describe('other values', () => {
  it('JSON comes back as it was, a flag as true or false, a counter as a number', async () => {
    const id = await world.apiKey(tenant, user);
    const permissions = ['a:b', 'quote"\\', 'ünï 🙂', ''];
    await world.database.transact((rows) => rows.update(ApiKeyRows, { id }, { permissions, revokedPermanently: true }));
    expect(await world.database.reader.findOneByOrFail(ApiKeyRows, { id })).toMatchObject({ permissions, revokedPermanently: true });
    expect(await world.database.reader.findOneByOrFail(UserRows, { id: user })).toMatchObject({ active: true, mustChangePassword: false });
    await world.sql('UPDATE tenants SET audit_sequence = 2147483647 WHERE organization_id = ?', [tenant]);
    expect(await world.database.reader.findOneByOrFail(TenantRows, { organizationId: tenant })).toMatchObject({
      auditSequence: 2 ** 31 - 1,
    });
  });

  it('a row that breaks a reference or a rule of its table is refused', async () => {
    const broken = [
      `UPDATE api_keys SET issued_by = 'usr_nobody'`,
      `UPDATE users SET organization_id = 'org_nowhere'`,
      `UPDATE namespaces SET kind = 'WORKSPACE', application_id = NULL`,
      `UPDATE namespaces SET kind = 'CASTLE'`,
      `DELETE FROM namespaces`,
      `DELETE FROM users`,
      `INSERT INTO installation (id, first_organization_id, created_at) VALUES (2, 'org_1', '2026-11-21 10:00:00.000')`,
    ];
    for (const statement of broken) {
      const { message } = await errorOf(() => world.sql(statement));
      expect([statement, message]).toEqual([statement, expect.stringMatching(/constraint/i)]);
    }
  });
});
