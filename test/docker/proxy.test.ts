import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findPrograms, PROGRAMS_WITHIN_MS } from '../support/debian/programs.js';
import { caddy as caddySoftware } from '../support/debian/software.js';
import { freshFolder, removeFolder, startWatchdog, type Watchdog } from '../support/mariadbFolder.js';
import { ended, pickPort } from '../support/mariadbProcess.js';
import { read } from './files.js';

/** What stands for a replica here: it tells its number, and whether it is ready. */
interface Standin {
  readonly server: Server;
  ready: boolean;
}

let replicas: Standin[];
let caddy: ChildProcess;
let folder: string;
let watchdog: Watchdog;
let base: string;

async function standin(number: number): Promise<Standin> {
  const server = createServer((request, response) => {
    request.resume();
    response.statusCode = request.url === '/readyz' && !replica.ready ? 503 : 200;
    response.end(String(number));
  });
  const replica: Standin = { server, ready: true };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return replica;
}

beforeAll(async () => {
  const { paths, environment } = await findPrograms(caddySoftware);
  replicas = await Promise.all([standin(1), standin(2), standin(3)]);
  folder = await freshFolder('bailiwick-caddy-');
  watchdog = startWatchdog(folder);
  const port = await pickPort();
  base = `http://127.0.0.1:${port}`;
  const addresses = replicas.map(({ server }) => `127.0.0.1:${(server.address() as AddressInfo).port}`);
  const file = read('docker/caddy/replicas.Caddyfile')
    .replace(/^:8080 /m, `:${port} `)
    .replace(/bailiwick-(\d):4000/g, (_name, number: string) => addresses[Number(number) - 1]!);
  await writeFile(join(folder, 'Caddyfile'), file);
  const home = { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  caddy = spawn(paths.caddy, ['run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'], {
    env: { ...environment, ...home },
    stdio: 'ignore',
  });
  watchdog.guard(caddy.pid);
  await until(async () => (await answeredBy(1)).size === 1);
}, PROGRAMS_WITHIN_MS);
afterAll(async () => {
  caddy.kill('SIGKILL');
  await ended(caddy);
  for (const { server } of replicas) {
    server.closeAllConnections();
    server.close();
  }
  await removeFolder(folder);
  watchdog.release();
});

/** Who answers so many requests; each must be answered well. */
async function answeredBy(requests: number): Promise<Set<string>> {
  const answers = await Promise.all(
    Array.from({ length: requests }, async () => {
      const response = await fetch(`${base}/graphql`, { method: 'POST', body: '{}' });
      if (!response.ok) throw new Error(`the proxy answered ${response.status}`);
      return response.text();
    }),
  );
  return new Set(answers);
}
async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await holds().catch(() => false))) {
    if (performance.now() > deadline) throw new Error('it never came to that');
    await delay(20);
  }
}

test('requests go to every replica that is ready, and to no other', async () => {
  await until(async () => (await answeredBy(60)).size === 3);
  replicas[1]!.ready = false;
  await until(async () => !(await answeredBy(60)).has('2'));
  expect(await answeredBy(60)).toEqual(new Set(['1', '3']));
  replicas[1]!.ready = true;
  await until(async () => (await answeredBy(60)).size === 3);
});

test('a replica that says it is about to stop, and stops, costs no request, and is used again when it is back', async () => {
  const stopping = replicas[0]!;
  const { port } = stopping.server.address() as AddressInfo;
  stopping.ready = false;
  await until(async () => !(await answeredBy(60)).has('1'));
  stopping.server.close();
  stopping.server.closeAllConnections();
  for (let n = 0; n < 10; n += 1) expect((await answeredBy(20)).has('1')).toBe(false);
  stopping.ready = true;
  stopping.server.listen(port, '127.0.0.1');
  await until(async () => (await answeredBy(60)).size === 3);
});
