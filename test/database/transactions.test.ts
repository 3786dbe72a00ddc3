import { BetterSqlite3QueryRunner } from 'typeorm/driver/better-sqlite3/BetterSqlite3QueryRunner.js';
import { TenantLedger } from '../../src/access/index.js';
import { TenantRows } from '../../src/access/TenantRow.js';
import { AuditEventRows } from '../../src/audit/AuditEventRow.js';
import { type Database, isAway, type Rows } from '../../src/database/index.js';
import { newId } from '../../src/domain/index.js';
import { NamespaceRows } from '../../src/namespaces/NamespaceRow.js';
import { brokenLinks } from '../support/auditChain.js';
import { databaseKind } from '../support/testDatabase.js';
import { DatabaseWorld, errorOf } from './databaseWorld.js';

const TWENTY = Array.from({ length: 20 }, (_, index) => index);

let world: DatabaseWorld;

beforeAll(async () => {
  world = await DatabaseWorld.open();
});
afterAll(() => world.close());

const exists = (rows: Rows, id: string): Promise<boolean> => rows.existsBy(NamespaceRows, { id });

/** On MySQL a ROLLBACK fails with its connection, which no other change is given. */
const onSqlite = (what: string, tests: () => void): void => {
  if (databaseKind() === 'sqlite') describe(what, tests);
};

onSqlite('a change whose COMMIT fails, and its ROLLBACK', () => {
  const failing = (): Promise<never> => Promise.reject(Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR' }));

  /** Lets both of them fail before they come to the database, or once SQLite has rolled back by itself. */
  async function fails(id: string, rollsBack: boolean): Promise<unknown> {
    const send = Reflect.get(BetterSqlite3QueryRunner.prototype, 'query') as (
      this: unknown,
      sql: string,
      values?: unknown,
    ) => Promise<unknown>;
    const spy = jest.spyOn(BetterSqlite3QueryRunner.prototype, 'query').mockImplementation(async function (this: unknown, sql, values) {
      if (sql !== 'COMMIT' && sql !== 'ROLLBACK') return send.call(this, sql, values);
      if (sql === 'COMMIT' && rollsBack) await send.call(this, 'ROLLBACK');
      return failing();
    });
    try {
      return await errorOf(() => world.namespace('Lost', id));
    } finally {
      spy.mockRestore();
    }
  }

  it.each([true, false])('is not there, and what is changed after it is kept (SQLite has rolled back: %s)', async (rollsBack) => {
    const [lost, refused, kept] = [newId('org'), newId('org'), newId('org')];
    expect(isAway(await fails(lost, rollsBack))).toBe(true);
    const refusal = world.database.transact(async (rows) => {
      await world.namespace('Refused', refused, rows);
      throw new Error('refused');
    });
    await expect(refusal).rejects.toThrow('refused');
    await world.namespace('Kept', kept);
    const there = await Promise.all([lost, refused, kept].map((id) => exists(world.database.reader, id)));
    expect(there).toEqual([false, false, true]);
  });
});

describe('transactions that overlap (stack P1)', () => {
  it('keep what the others committed when one of twenty rolls back', async () => {
    const ids = TWENTY.map(() => newId('org'));
    const outcomes = await Promise.allSettled(
      ids.map((id, index) =>
        world.database.transact(async (rows) => {
          await world.namespace(`Number ${index}`, id, rows);
          await exists(rows, id);
          if (index === 7) throw new Error('this one rolls back');
        }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    const kept = await Promise.all(ids.map((id) => exists(world.database.reader, id)));
    expect(kept).toEqual(TWENTY.map((index) => index !== 7));
  });

  it('show nothing to a read outside before they commit, and everything after', async () => {
    // On MySQL readers and writers share a pool: a transaction that waited in it for a reader could wait for itself.
    const { reader } = await world.replica();
    const seen = await Promise.all(
      TWENTY.map(async () => {
        const id = newId('org');
        const before = await world.database.transact(async (rows) => {
          await world.namespace('Unborn', id, rows);
          return [await exists(rows, id), await exists(reader, id)];
        });
        return [...before, await exists(reader, id)];
      }),
    );
    expect(seen).toEqual(TWENTY.map(() => [true, false, true]));
  });

  it('lose none of twenty read-modify-writes of one row', async () => {
    const organizationId = await world.tenant();
    const lock = databaseKind() === 'mariadb' ? ' FOR UPDATE' : '';
    const replica = await world.replica();
    await Promise.all(
      TWENTY.map((index) =>
        (index % 2 === 0 ? world.database : replica).transact(async (rows) => {
          const [row] = await rows.query<{ n: number }[]>(`SELECT audit_sequence AS n FROM tenants WHERE organization_id = ?${lock}`, [
            organizationId,
          ]);
          await rows.update(TenantRows, { organizationId }, { auditSequence: (row?.n ?? 0) + 1 });
        }),
      ),
    );
    const { auditSequence } = await world.database.reader.findOneByOrFail(TenantRows, { organizationId });
    expect(auditSequence).toBe(20);
  });

  it('hand the answer of the work on, and its error as it was thrown', async () => {
    expect(await world.database.transact(() => Promise.resolve('done'))).toBe('done');
    const thrown = new Error('as it was');
    expect(await errorOf(() => world.database.transact(() => Promise.reject(thrown)))).toBe(thrown);
  });

  it('each have rows of their own, so that a permit of one is told from a permit of the next', async () => {
    const first = await world.database.transact((rows) => Promise.resolve(rows));
    const second = await world.database.transact((rows) => Promise.resolve(rows));
    expect(first).not.toBe(second);
    expect(second).not.toBe(world.database.reader);
  });
});

describe("a tenant's row, written first by every change", () => {
  const change = (database: Database, organizationId: string, index: number): Promise<void> =>
    database.transact(async (rows) => {
      const ledger = await TenantLedger.open(rows, organizationId);
      await ledger?.record(
        { actorId: newId('usr'), actorApiKeyId: null, requestId: `req_${index}` },
        {
          action: 'workspace.create',
          targetId: newId('wks'),
          namespaceId: organizationId,
          changes: { after: { name: `Nº ${index} 🙂`, tags: [1, 'zwei'], none: null } },
          reason: index % 3 === 0 ? 'Jürgen said so.' : null,
        },
        new Date(world.now.getTime() + index),
      );
    });

  it('numbers twenty changes at once from 1 to 20 in one unbroken hash chain, from two replicas too', async () => {
    const [organizationId, other] = [await world.tenant(), await world.tenant('Other')];
    const replica = await world.replica();
    await Promise.all(
      TWENTY.flatMap((index) => [change(index % 2 === 0 ? world.database : replica, organizationId, index), change(replica, other, index)]),
    );
    for (const tenant of [organizationId, other]) {
      const events = await world.database.reader.find(AuditEventRows, { where: { organizationId: tenant } });
      expect(events).toHaveLength(20);
      expect(brokenLinks(events, await world.database.reader.findOneByOrFail(TenantRows, { organizationId: tenant }))).toEqual([]);
    }
  });

  it('goes back with a change that fails: the chain has no gap', async () => {
    const organizationId = await world.tenant();
    await change(world.database, organizationId, 1);
    await errorOf(() =>
      world.database.transact(async (rows) => {
        const ledger = await TenantLedger.open(rows, organizationId);
        const nobody = { actorId: null, actorApiKeyId: null, requestId: 'req_lost' };
        await ledger?.record(nobody, { action: 'workspace.create', targetId: null, namespaceId: null }, world.now);
        throw new Error('after all, no');
      }),
    );
    await change(world.database, organizationId, 2);
    const events = await world.database.reader.find(AuditEventRows, { where: { organizationId } });
    expect(events.map(({ requestId }) => requestId).sort()).toEqual(['req_1', 'req_2']);
    expect(brokenLinks(events, await world.database.reader.findOneByOrFail(TenantRows, { organizationId }))).toEqual([]);
  });

  it('shows a change in the chain to whoever verifies it', async () => {
    const organizationId = await world.tenant();
    for (const index of [1, 2, 3]) await change(world.database, organizationId, index);
    // The database refuses it to everybody who leaves its trigger in place.
    await world.sql('DROP TRIGGER audit_events_kept');
    await world.sql(`UPDATE audit_events SET reason = 'another' WHERE organization_id = ? AND sequence = 2`, [organizationId]);
    const tampered = await world.database.reader.find(AuditEventRows, { where: { organizationId } });
    const head = await world.database.reader.findOneByOrFail(TenantRows, { organizationId });
    expect(brokenLinks(tampered, head)).toEqual(['event 2 does not say what was hashed']);
    expect(
      brokenLinks(
        tampered.filter(({ sequence }) => sequence !== 2),
        head,
      ),
    ).not.toEqual([]);
  });
});

describe('a deadlock', () => {
  it('is run again: of two transactions that take two rows in opposite order both succeed', async () => {
    const [a, b] = [await world.tenant('A'), await world.tenant('B')];
    let tries = 0;
    // Each waits, the first time, until the other holds its first row. SQLite runs them one after the other.
    const holding = { first: Promise.withResolvers<unknown>(), second: Promise.withResolvers<unknown>() };
    const alone = databaseKind() === 'sqlite';
    const take = (from: string, to: string, mine: keyof typeof holding, theirs: keyof typeof holding) =>
      world.database.transact(async (rows) => {
        tries += 1;
        await rows.query('UPDATE tenants SET audit_sequence = audit_sequence + 1 WHERE organization_id = ?', [from]);
        holding[mine].resolve(undefined);
        if (!alone) await holding[theirs].promise;
        await rows.query('UPDATE tenants SET audit_sequence = audit_sequence + 1 WHERE organization_id = ?', [to]);
      });
    await Promise.all([take(a, b, 'first', 'second'), take(b, a, 'second', 'first')]);
    const heads = await world.database.reader.find(TenantRows);
    const counted = heads.filter(({ organizationId }) => [a, b].includes(organizationId)).map(({ auditSequence }) => auditSequence);
    expect(counted).toEqual([2, 2]);
    expect(tries).toBe(alone ? 2 : 3);
  });
});
