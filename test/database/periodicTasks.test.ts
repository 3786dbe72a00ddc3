import { newId } from '../../src/domain/index.js';
import { Jobs, type PeriodicTask } from '../../src/jobs/index.js';
import { purgeJobs } from '../../src/jobs/purgeJobs.js';
import { nobodyRemembers } from '../support/nobodyRemembers.js';
import { sql } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant } from '../support/tenant.js';

let service: Service;
const opened: Jobs[] = [];
const faults: unknown[] = [];

beforeAll(async () => {
  service = await startService();
});
afterEach(async () => {
  for (const jobs of opened.splice(0)) await jobs.close();
  faults.length = 0;
});
afterAll(() => service.stop());

/** A replica's periodic tasks, on the database of the service. */
async function replica(tasks: readonly PeriodicTask[]): Promise<Jobs> {
  const { database } = service.app;
  const failed = (error: unknown) => void faults.push(error);
  const jobs = await Jobs.open({
    database,
    clock: service.clock.now,
    withdrawals: nobodyRemembers,
    work: {},
    tasks,
    failed,
    lookEveryMs: null,
  });
  opened.push(jobs);
  return jobs;
}

describe('what is done from time to time', () => {
  test('is done by one replica, and again after its time', async () => {
    const runs: Date[] = [];
    const task: PeriodicTask = { name: `sweep ${newId('job')}`, everyMs: 60_000, run: (_, now) => Promise.resolve(runs.push(now)) };
    const replicas = [await replica([task]), await replica([task]), await replica([task])];
    const look = () => Promise.all(replicas.map((jobs) => jobs.look()));
    await look();
    expect(runs).toHaveLength(1);
    service.clock.advance(59_999);
    await look();
    expect(runs).toHaveLength(1);
    service.clock.advance(1);
    await look();
    expect(runs).toHaveLength(2);
    expect(faults).toEqual([]);
  });

  test('is done again after its time where it failed, and by another where whoever did it is gone', async () => {
    let runs = 0;
    const task: PeriodicTask = {
      name: `sweep ${newId('job')}`,
      everyMs: 60_000,
      run: () => Promise.reject(new Error(`run ${(runs += 1)} failed`)),
    };
    const jobs = await replica([task]);
    await jobs.look();
    expect(faults).toMatchObject([{ message: 'run 1 failed' }]);
    const now = service.clock.now().toISOString().replace('T', ' ').replace('Z', '');
    await sql(service, "UPDATE periodic_tasks SET runner = 'gone', lease_until = ?, due_at = ? WHERE name = ?", [now, now, task.name]);
    service.clock.advance(1);
    await jobs.look();
    expect(runs).toBe(2);
  });

  test('is stopped with the service, and due again after its time; what comes behind it is not begun', async () => {
    const runs: string[] = [];
    const [begun, told] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const name = newId('job');
    const sweeping: PeriodicTask = {
      name: `1 ${name}`,
      everyMs: 60_000,
      run: (_, __, stop) => {
        runs.push('sweeping');
        stop.addEventListener('abort', () => told.resolve(undefined));
        begun.resolve(undefined);
        return told.promise;
      },
    };
    const behind: PeriodicTask = { name: `2 ${name}`, everyMs: 60_000, run: () => Promise.resolve(runs.push('behind')) };
    const jobs = await replica([sweeping, behind]);
    const looking = jobs.look();
    await begun.promise;
    await jobs.close();
    await looking;
    expect(runs).toEqual(['sweeping']);
    const [left] = await sql<{ runner: string | null }>(service, 'SELECT runner FROM periodic_tasks WHERE name = ?', [sweeping.name]);
    expect(left).toEqual({ runner: null });
  });

  test('writes nothing while nothing is due', async () => {
    const task: PeriodicTask = { name: `sweep ${newId('job')}`, everyMs: 60_000, run: () => Promise.resolve() };
    const jobs = await replica([task]);
    await jobs.look();
    const statements = await service.statementsOf(() => jobs.look());
    expect(statements.filter((statement) => statement.includes('periodic_tasks')).length).toBeGreaterThan(0);
    expect(statements.filter((statement) => /^\s*(UPDATE|INSERT|DELETE|BEGIN|START)/i.test(statement))).toEqual([]);
  });
});

test('a job that ended 30 days ago is deleted with what it tells, and no other', async () => {
  const { organizationId, owner } = await foundTenant(service);
  const now = service.clock.now();
  const DAY_MS = 86_400_000;
  const stored = (instant: Date) => instant.toISOString().replace('T', ' ').replace('Z', '');
  const add = async (status: string, finishedAt: Date | null) => {
    const id = newId('job');
    await sql(
      service,
      `INSERT INTO jobs (id, organization_id, kind, status, started_by, request_id, done, failed, attempts, version, created_at, finished_at)
       VALUES (?, ?, 'importApiKeys', ?, ?, 'request-1', 0, 1, 0, 1, ?, ?)`,
      [id, organizationId, status, owner.id, stored(new Date(now.getTime() - 90 * DAY_MS)), finishedAt && stored(finishedAt)],
    );
    await sql(service, "INSERT INTO job_failures (job_id, item, message) VALUES (?, 0, 'no')", [id]);
    return id;
  };
  const before = new Date(now.getTime() - 30 * DAY_MS);
  for (let n = 0; n < 25; n += 1) await add(['SUCCEEDED', 'FAILED', 'CANCELLED'][n % 3]!, new Date(before.getTime() - 1 - n));
  const kept = [await add('SUCCEEDED', before), await add('RUNNING', null), await add('QUEUED', null)];
  expect(await purgeJobs(service.app.database, now, AbortSignal.abort())).toBe(0);
  expect(await purgeJobs(service.app.database, now)).toBe(25);
  const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id).sort();
  expect(ids(await sql(service, 'SELECT id FROM jobs'))).toEqual([...kept].sort());
  expect(ids(await sql(service, 'SELECT job_id AS id FROM job_failures'))).toEqual([...kept].sort());
});
