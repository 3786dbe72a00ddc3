import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
// No `.js` on relative imports here: Jest's globalSetup loads this file with plain `require`, where the resolver of the tests does not apply.
import { findMariadb } from './mariadbBinaries';
import { freshFolder, removeFolder, startWatchdog } from './mariadbFolder';
import { connectAsRoot, ended, hasEnded, initialise, logTail, pickPort, spawnServer, untilReady, untilStopped } from './mariadbProcess';

/** How a private MariaDB is to run. */
export interface MariadbOptions {
  /** True to have every commit on disk before it is acknowledged, for tests that kill the server; default false, which is faster. */
  readonly durable?: boolean;
  /** Further arguments of `mariadbd`; they win over the harness's own. */
  readonly args?: readonly string[];
}

/** A private MariaDB server; nothing of it outlives the process that started it. */
export interface MariadbServer {
  /** URL of an ordinary user, without a database: may do anything in databases named `bailiwick_test_%`, create them included, and nothing else. */
  readonly url: string;
  /** URL of root, without a database. */
  readonly rootUrl: string;
  /** Port on 127.0.0.1; stays the same across restarts. */
  readonly port: number;
  /** The server's private folder. */
  readonly folder: string;
  /** The server's process; changes with a restart. */
  readonly pid: number;
  /** Whether the process exists; a stopped one (SIGSTOP) does. */
  readonly running: boolean;
  /** Sends the process a signal, for instance SIGKILL, SIGSTOP (it has stopped when this returns) or SIGCONT. */
  kill(signal: NodeJS.Signals): void;
  /** Resolves when the process is gone. */
  exited(): Promise<void>;
  /** Starts the server again on the same data and port, after killing it if it still runs. Resolves when it answers. */
  restart(): Promise<void>;
  /** The last lines of the server's error log. */
  log(): Promise<string>;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

/** Starts a private MariaDB on a free port, with a data folder of its own; resolves when it answers. */
export async function startMariadb(options: MariadbOptions = {}): Promise<MariadbServer> {
  const binaries = await findMariadb();
  const folder = await freshFolder('bailiwick-mariadb-');
  const watchdog = startWatchdog(folder);

  const boot = async (port: number): Promise<ChildProcess> => {
    const child = spawnServer(binaries, { folder, port, durable: options.durable ?? false, args: options.args ?? [] });
    watchdog.guard(child.pid);
    // Its number may be given to another process now.
    child.once('exit', () => watchdog.guard(undefined));
    child.once('error', () => watchdog.guard(undefined));
    try {
      await untilReady(child, folder);
    } catch (error) {
      child.kill('SIGKILL');
      await ended(child);
      throw error;
    }
    return child;
  };

  const clear = async () => {
    await removeFolder(folder);
    watchdog.release();
  };

  try {
    await initialise(binaries, folder);
    const first = await bootOnFreePort(boot, folder);
    const { port } = first;
    let { child } = first;
    const passwords = await createUsers(folder);

    const end = async () => {
      child.kill('SIGKILL');
      await ended(child);
    };

    return {
      url: `mysql://bailiwick:${passwords.ordinary}@127.0.0.1:${port}/`,
      rootUrl: `mysql://root:${passwords.root}@127.0.0.1:${port}/`,
      port,
      folder,
      get pid() {
        return child.pid as number;
      },
      get running() {
        return !hasEnded(child);
      },
      kill(signal) {
        if (!child.kill(signal)) throw new Error(`MariaDB is not running, so it cannot be sent ${signal}.`);
        if (signal === 'SIGSTOP') untilStopped(child.pid as number);
      },
      exited: () => ended(child),
      async restart() {
        await end();
        child = await boot(port);
      },
      log: () => logTail(folder),
      async stop() {
        await end();
        await clear();
      },
    };
  } catch (error) {
    await clear();
    throw error;
  }
}

/** Another process may take the port between the choice and the start: then choose again. */
async function bootOnFreePort(
  boot: (port: number) => Promise<ChildProcess>,
  folder: string,
): Promise<{ child: ChildProcess; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = await pickPort();
    try {
      return { port, child: await boot(port) };
    } catch (error) {
      if (attempt === 5 || !(await logTail(folder)).includes('Bind on TCP/IP port')) throw error;
    }
  }
}

/** Gives root a password for TCP and creates the ordinary user. On the socket, in a folder of our own, root needs none. */
async function createUsers(folder: string): Promise<{ root: string; ordinary: string }> {
  const root = randomBytes(12).toString('hex');
  const ordinary = randomBytes(12).toString('hex');
  const connection = await connectAsRoot(folder);
  try {
    await connection.query(`ALTER USER 'root'@'127.0.0.1' IDENTIFIED BY '${root}'`);
    await connection.query(`CREATE USER 'bailiwick'@'127.0.0.1' IDENTIFIED BY '${ordinary}'`);
    // In a grant an underscore stands for any character unless it is escaped.
    await connection.query("GRANT ALL PRIVILEGES ON `bailiwick\\_test\\_%`.* TO 'bailiwick'@'127.0.0.1'");
  } finally {
    await connection.end();
  }
  return { root, ordinary };
}
