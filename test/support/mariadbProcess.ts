import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Connection, createConnection } from 'mysql2/promise';
import type { MariadbBinaries } from './mariadbBinaries';

const bootTimeout = 60_000;

/** Paths inside a server's private folder. */
export const filesIn = (folder: string) => ({
  data: join(folder, 'data'),
  socket: join(folder, 'socket'),
  log: join(folder, 'error.log'),
});

/** As root both programs want to be told that root is meant; anybody else may not name a user. */
const asUser = (): readonly string[] => (process.getuid?.() === 0 ? ['--user=root'] : []);

/** Writes an empty data folder, on which root needs no password. */
export async function initialise(binaries: MariadbBinaries, folder: string): Promise<void> {
  const args = [
    '--no-defaults',
    ...binaries.locations,
    ...asUser(),
    `--datadir=${filesIn(folder).data}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    '--skip-name-resolve',
    // Without it the program gives up on a machine whose own name does not resolve.
    '--force',
    '--innodb-log-file-size=8M',
  ];
  await promisify(execFile)(binaries.installer, args, { env: binaries.environment, timeout: bootTimeout });
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });

/**
 * Picks a port nobody listens on, below the range that outgoing connections are numbered from: a client that keeps knocking at the
 * port of a killed server could otherwise be given that very port, connect to itself, and keep the server from coming back.
 */
export async function pickPort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = 15_000 + Math.floor(Math.random() * 15_000);
    if (await isFree(port)) return port;
  }
  throw new Error('No free port was found for MariaDB on 127.0.0.1 between 15000 and 30000.');
}

/** What distinguishes one start of the server from another. */
export interface Boot {
  readonly folder: string;
  readonly port: number;
  readonly durable: boolean;
  readonly args: readonly string[];
}

function serverArguments({ folder, port, durable, args }: Boot): readonly string[] {
  const { data, socket, log } = filesIn(folder);
  return [
    ...asUser(),
    `--datadir=${data}`,
    `--socket=${socket}`,
    `--pid-file=${join(folder, 'pid')}`,
    `--log-error=${log}`,
    `--tmpdir=${folder}`,
    '--bind-address=127.0.0.1',
    `--port=${port}`,
    '--skip-name-resolve',
    '--max-connections=300',
    '--performance-schema=OFF',
    '--log-bin=binlog',
    '--server-id=1',
    '--log-bin-trust-function-creators=1',
    // Not UTF-8, so that a table which leaves its character set to the server is found out.
    '--character-set-server=latin1',
    '--collation-server=latin1_swedish_ci',
    // Not UTC, so that a time written in the server's zone is found out.
    '--default-time-zone=+05:30',
    '--innodb-buffer-pool-size=128M',
    '--innodb-log-file-size=8M',
    // Containers often forbid the kernel's asynchronous writes.
    '--innodb-use-native-aio=0',
    ...(durable
      ? ['--innodb-flush-log-at-trx-commit=1', '--sync-binlog=1']
      : ['--innodb-flush-log-at-trx-commit=0', '--sync-binlog=0', '--skip-innodb-doublewrite']),
    ...args,
  ];
}

/** Starts the server's process; it may not accept connections yet. */
export function spawnServer(binaries: MariadbBinaries, boot: Boot): ChildProcess {
  // Detached: a Ctrl-C in the terminal is meant for the test runner.
  const child = spawn(binaries.server, ['--no-defaults', ...binaries.locations, ...serverArguments(boot)], {
    cwd: boot.folder,
    detached: true,
    env: binaries.environment,
    stdio: 'ignore',
  });
  child.unref();
  return child;
}

/** Whether the process is known to be gone, or never came to be. */
export const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null || child.pid === undefined;

/** Waits until the process is gone. */
export async function ended(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  child.ref();
  await once(child, 'exit');
}

/** Waits until SIGSTOP has reached every thread: the signal returns earlier, and a query may still be answered in between. */
export function untilStopped(pid: number): void {
  if (process.platform !== 'linux') return;
  const threads = `/proc/${pid}/task`;
  // The state is the letter after the name, which is in parentheses and may hold anything.
  const isStopped = (thread: string): boolean => /\) [TtZX] [^)]*$/.test(readFileSync(join(threads, thread, 'stat'), 'utf8'));
  const deadline = Date.now() + 1_000;
  while (Date.now() < deadline) {
    try {
      if (readdirSync(threads).every(isStopped)) return;
    } catch {
      // A thread, or the whole process, went away while it was looked at.
    }
  }
}

/** Connects as root; through the socket in the private folder, so it cannot be somebody else's server. */
export const connectAsRoot = (folder: string): Promise<Connection> =>
  createConnection({ socketPath: filesIn(folder).socket, user: 'root', connectTimeout: 5_000 });

/** The end of the server's log. */
export const logTail = async (folder: string): Promise<string> =>
  (await readFile(filesIn(folder).log, 'utf8').catch(() => '')).trim().split('\n').slice(-15).join('\n');

/** Waits until the server answers. */
export async function untilReady(child: ChildProcess, folder: string): Promise<void> {
  const deadline = Date.now() + bootTimeout;
  while (!hasEnded(child) && Date.now() < deadline) {
    try {
      const connection = await connectAsRoot(folder);
      await connection.end();
      return;
    } catch {
      await delay(20);
    }
  }
  const what = hasEnded(child) ? 'ended while it started' : `did not answer within ${bootTimeout / 1000} s`;
  throw new Error(`MariaDB ${what}; its log ends with:\n${await logTail(folder)}`);
}
