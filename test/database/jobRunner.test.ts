import { TenantLedger } from '../../src/access/index.js';
import { newId, unauthenticated } from '../../src/domain/index.js';
import { Jobs, type JobWork } from '../../src/jobs/index.js';
import type { Withdrawals } from '../../src/withdrawals/index.js';
import { nobodyRemembers } from '../support/nobodyRemembers.js';
import { sql, until } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestTenant } from '../support/tenant.js';

let service: Service;
let tenant: TestTenant;
const opened: Jobs[] = [];
const faults: unknown[] = [];

beforeAll(async () => {
  service = await startService();
});
beforeEach(async () => {
  tenant = await foundTenant(service);
});
afterEach(async () => {
  for (const jobs of opened.splice(0)) await jobs.close();
  faults.length = 0;
});
afterAll(() => service.stop());

/** A replica's jobs, on the database of the service. */
async function replica(counting: JobWork, withdrawals: Withdrawals = nobodyRemembers): Promise<Jobs> {
  const { database } = service.app;
  const failed = (error: unknown) => void faults.push(error);
  const jobs = await Jobs.open({
    database,
    clock: service.clock.now,
    withdrawals,
    work: { counting },
    tasks: [],
    failed,
    lookEveryMs: null,
  });
  opened.push(jobs);
  return jobs;
}

/** Queues a job as startJob does. */
async function queue(of: TestTenant = tenant): Promise<string> {
  const id = newId('job');
  const now = service.clock.now().toISOString().replace('T', ' ').replace('Z', '');
  await sql(
    service,
    `INSERT INTO jobs (id, organization_id, kind, status, started_by, request_id, done, failed, attempts, version, created_at)
     VALUES (?, ?, 'counting', 'QUEUED', ?, 'request-1', 0, 0, 0, 1, ?)`,
    [id, of.organizationId, of.owner.id, now],
  );
  return id;
}

interface Stored {
  readonly status: string;
  readonly done: number;
  readonly place: string | null;
  readonly error: string | null;
}
const stored = async (id: string): Promise<Stored> =>
  (await sql<Stored>(service, 'SELECT status, done, place, error FROM jobs WHERE id = ?', [id]))[0]!;
const statusOf = (id: string, ...wanted: string[]) =>
  until(async () => {
    const job = await stored(id);
    return wanted.includes(job.status) ? job : undefined;
  });

/** Work of so many chunks; what is done in each is written in its transaction, as an event of the trail. */
const chunks =
  (count: number, before: (place: number) => Promise<void> | void = () => undefined): JobWork =>
  async (change, { jobId, place }) => {
    const at = Number(place ?? 0);
    await before(at);
    await change.ledger.record(
      { actorId: await change.actorId(), actorApiKeyId: null, requestId: 'request-1' },
      { action: 'test.count', targetId: jobId, namespaceId: null, changes: { after: { at } } },
      change.now,
    );
    return { done: 1, failures: [], place: at + 1 === count ? null : String(at + 1) };
  };
/** Which chunks of a job were committed, in their order. */
const counted = async (id: string): Promise<number[]> => {
  const events = await sql<{ changes: string }>(service, 'SELECT changes FROM audit_events WHERE target_id = ? ORDER BY sequence', [id]);
  return events.map(({ changes }) => (JSON.parse(changes) as { after: { at: number } }).after.at);
};
const upTo = (count: number) => Array.from({ length: count }, (_, at) => at);
/** A gate that a chunk waits at. */
function gate(): { readonly reached: Promise<void>; readonly wait: () => Promise<void>; readonly open: () => void } {
  const [reached, opened] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
  return {
    reached: reached.promise,
    wait: () => {
      reached.resolve(undefined);
      return opened.promise;
    },
    open: () => opened.resolve(undefined),
  };
}

describe('a job that revokes', () => {
  test('has not succeeded before what it found revoked already is accepted by nobody', async () => {
    const id = await queue();
    const settling = gate();
    const slowly: Withdrawals = { write: () => Promise.resolve(null), settle: settling.wait };
    const nothingToDo: JobWork = () => Promise.resolve({ done: 0, failures: [], place: null, foundDone: true });
    (await replica(nothingToDo, slowly)).wake();
    await settling.reached;
    expect(await stored(id)).toMatchObject({ status: 'RUNNING' });
    settling.open();
    expect(await statusOf(id, 'SUCCEEDED')).toMatchObject({ done: 0 });
  });
});

describe('each chunk of a job is done once', () => {
  test('where two replicas look for the same jobs at the same moment', async () => {
    const others = [tenant, await foundTenant(service, 'B'), await foundTenant(service, 'C')];
    const ids: string[] = [];
    for (const of of others) for (let n = 0; n < 3; n += 1) ids.push(await queue(of));
    const replicas = [await replica(chunks(5)), await replica(chunks(5)), await replica(chunks(5))];
    for (const jobs of replicas) jobs.wake();
    for (const id of ids) {
      expect(await statusOf(id, 'SUCCEEDED')).toMatchObject({ done: 5 });
      expect(await counted(id)).toEqual(upTo(5));
    }
    expect(faults).toEqual([]);
  });

  test('where a replica stops in the middle of one: another goes on once the lease has run out', async () => {
    const id = await queue();
    const broken = chunks(6, (at) => {
      if (at === 3) throw new Error('the power went');
    });
    (await replica(broken)).wake();
    await until(() => Promise.resolve(faults.length > 0 || undefined));
    const second = await replica(chunks(6));
    // An SQLite file has one process: there, opening a second life ends the leases of the first.
    if (service.app.database.kind === 'mysql') {
      second.wake();
      service.clock.advance(14_000);
      second.wake();
      expect(await stored(id)).toMatchObject({ status: 'RUNNING', done: 3, place: '3' });
      service.clock.advance(1_000);
    }
    second.wake();
    expect(await statusOf(id, 'SUCCEEDED')).toMatchObject({ done: 6 });
    expect(await counted(id)).toEqual(upTo(6));
  });

  test('where a replica is so slow that another takes the job over: what it did late is taken back', async () => {
    const id = await queue();
    const slow = gate();
    const tried: number[] = [];
    (await replica(chunks(4, (at) => (at === 1 && tried.push(at) === 1 ? slow.wait() : undefined)))).wake();
    await slow.reached;
    service.clock.advance(15_000);
    const claiming = replica(chunks(4)).then((jobs) => jobs.wake());
    if (service.app.database.kind === 'mysql') {
      await claiming;
      await until(async () =>
        (await sql<{ version: number }>(service, 'SELECT version FROM jobs WHERE id = ?', [id]))[0]!.version > 3 ? true : undefined,
      );
    }
    slow.open();
    expect(await statusOf(id, 'SUCCEEDED')).toMatchObject({ done: 4 });
    expect(await counted(id)).toEqual(upTo(4));
    expect(faults).toEqual([]);
  });

  test('where a replica is stopped: it ends its chunk and hands the job back', async () => {
    const id = await queue();
    const middle = gate();
    const first = await replica(chunks(5, (at) => (at === 2 ? middle.wait() : undefined)));
    first.wake();
    await middle.reached;
    const closed = first.close();
    middle.open();
    await closed;
    expect(await stored(id)).toMatchObject({ status: 'QUEUED', done: 3, place: '3' });
    (await replica(chunks(5))).wake();
    expect(await statusOf(id, 'SUCCEEDED')).toMatchObject({ done: 5 });
    expect(await counted(id)).toEqual(upTo(5));
  });
});

/** Whether MySQL has somebody wait for a row in the database of the test; on SQLite whoever writes stands in line at once. */
async function waitsForRow(of: Service): Promise<true | undefined> {
  const waiting =
    "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE '%FOR UPDATE' AND id <> CONNECTION_ID()";
  return (await sql(of, waiting)).length > 0 ? true : undefined;
}

test('a job is handed back only once whoever decides about it, and holds its tenant, has decided', async () => {
  const id = await queue();
  const middle = gate();
  const first = await replica(chunks(5, (at) => (at === 2 ? middle.wait() : undefined)));
  first.wake();
  await middle.reached;
  const { database } = service.app;
  // As cancelJob does: the tenant's row, then the job as it stands.
  const seen = database.transact(async (rows) => {
    await TenantLedger.open(rows, tenant.organizationId);
    // Enough for the replica to come in between, if it could.
    for (let n = 0; n < 50; n += 1) await rows.query('SELECT 1');
    await rows.query("UPDATE jobs SET cancel_asked_at = created_at WHERE id = ? AND status = 'RUNNING'", [id]);
    return rows.query<{ status: string }[]>('SELECT status FROM jobs WHERE id = ?', [id]);
  });
  if (database.kind === 'mysql') await until(() => waitsForRow(service));
  const closed = first.close();
  middle.open();
  await closed;
  expect(await seen).toEqual([{ status: 'RUNNING' }]);
  expect(await stored(id)).toMatchObject({ status: 'QUEUED', done: 3 });
  (await replica(chunks(5))).wake();
  expect(await statusOf(id, 'CANCELLED', 'SUCCEEDED')).toMatchObject({ status: 'CANCELLED', done: 3 });
});

describe('a job that cannot go on', () => {
  test('because of its starter ends at once, and says why', async () => {
    const id = await queue();
    const refused = chunks(3, (at) => {
      if (at === 1) throw unauthenticated('Nobody is there.');
    });
    (await replica(refused)).wake();
    expect(await statusOf(id, 'FAILED')).toMatchObject({ done: 1, error: 'Nobody is there.' });
    expect(faults).toEqual([]);
  });

  test('because of a fault of ours is tried five times', async () => {
    const id = await queue();
    let tries = 0;
    const jobs = await replica(
      chunks(3, () => {
        tries += 1;
        throw new Error('a fault');
      }),
    );
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      jobs.wake();
      await until(() => Promise.resolve(faults.length === attempt || undefined));
      service.clock.advance(15_000);
    }
    jobs.wake();
    expect(await statusOf(id, 'FAILED')).toMatchObject({
      done: 0,
      error: 'A fault of ours stopped this job; what it says is done is done.',
    });
    expect(tries).toBe(5);
  });
});

test('one tenant with many jobs keeps no other waiting', async () => {
  const many = await Promise.all([queue(), queue(), queue(), queue(), queue(), queue()]);
  const other = await queue(await foundTenant(service, 'Other'));
  const held = gate();
  const jobs = await replica(async (change, chunk) => {
    const work = chunks(1, () =>
      change.ledger.organizationId === tenant.organizationId && service.app.database.kind === 'mysql' ? held.wait() : undefined,
    );
    return work(change, chunk);
  });
  jobs.wake();
  await statusOf(other, 'SUCCEEDED');
  held.open();
  for (const id of many) await statusOf(id, 'SUCCEEDED');
});
