import { type Service, startBeside, startService } from '../support/service.js';
import { databaseKind } from '../support/testDatabase.js';
import { kinds } from '../support/withdrawals/kinds.js';
import { Watch } from '../support/withdrawals/Watch.js';
import { settle, withdrawAll } from '../support/withdrawals/withdrawAll.js';

// A file of SQLite has one process; on MariaDB there are three replicas.
const alone = databaseKind() === 'sqlite';

let services: Service[];

beforeAll(async () => {
  const first = await startService();
  services = alone ? [first] : [first, await startBeside(first), await startBeside(first)];
});
afterAll(async () => {
  for (const each of [...services].reverse()) await each.stop();
});

test('whatever is withdrawn, by whatever act, is accepted by no replica once that is answered; what is given back is accepted by all (R19)', async () => {
  const replicas = { bases: services.map(({ url }) => url), answers: () => true };
  const places = [await settle(replicas), await settle(replicas)];
  const watch = new Watch(replicas, { clients: 1, pauseMs: 25 });
  const answered = await withdrawAll(places, watch, (begun) => begun < 60);
  await watch.stop();

  expect(watch.wrong).toEqual([]);
  // Every kind was there, at each replica, and was asked about behind its answer.
  expect(new Set(answered.map(({ kind }) => kind)).size).toBe(Object.keys(kinds).length);
  expect(new Set(answered.map(({ replica }) => replica)).size).toBe(services.length);
  expect(watch.refusedAfter).toBeGreaterThan(60);
  expect(watch.acceptedAfter).toBeGreaterThan(30);
});
