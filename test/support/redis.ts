import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { parseRedisUrl } from '../../src/rateLimits/index.js';
import { findPrograms } from './debian/programs.js';
import { freshFolder, removeFolder, startWatchdog } from './mariadbFolder.js';
import { ended, hasEnded, pickPort, untilStopped } from './mariadbProcess.js';

const software = {
  name: 'redis',
  packages: ['redis-server'],
  programs: { server: ['redis-server'] },
  advice: 'These tests need Redis: install it so that redis-server is found (Debian: redis-server; macOS: brew install redis)',
};

const BOOT_WITHIN_MS = 30_000;
/** Finds Redis on this machine, or brings it in. */
export const findRedis = () => findPrograms(software);

/** A private Redis that asks for a password and keeps nothing on disk; nothing of it outlives the process that started it. */
export interface RedisServer {
  /** `redis://:password@127.0.0.1:port`. */
  readonly url: ReturnType<typeof urlOf>;
  /** The password that stands in the URL. */
  readonly password: string;
  /** A connection of the test's own. */
  readonly client: Redis;
  /** Sends the process a signal, for instance SIGKILL, SIGSTOP (it has stopped when this returns) or SIGCONT. */
  kill(signal: NodeJS.Signals): void;
  /** Starts it again on its port, without what it held, after killing it if it still runs. Resolves when it answers. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** A URL as the settings have it and as they read it. */
function urlOf(text: string) {
  const parsed = parseRedisUrl(text);
  if (!parsed) throw new Error('the test Redis has no usable URL');
  return { text, ...parsed };
}

/** Starts a private Redis on a free port, with further lines of redis.conf. */
export async function startRedis(...lines: readonly string[]): Promise<RedisServer> {
  const { paths, environment } = await findRedis();
  const folder = await freshFolder('bailiwick-redis-');
  const watchdog = startWatchdog(folder);
  const port = await pickPort();
  const password = randomBytes(12).toString('hex');
  const url = urlOf(`redis://:${password}@127.0.0.1:${port}`);
  const log = join(folder, 'redis.log');
  const conf = [`port ${port}`, 'bind 127.0.0.1', `requirepass ${password}`, `dir ${folder}`, `logfile ${log}`, 'save ""', ...lines];
  await writeFile(join(folder, 'redis.conf'), `${conf.join('\n')}\n`, { mode: 0o600 });

  const boot = async (): Promise<ChildProcess> => {
    const child = spawn(paths.server, [join(folder, 'redis.conf')], { cwd: folder, env: environment, detached: true, stdio: 'ignore' });
    child.unref();
    watchdog.guard(child.pid);
    child.once('exit', () => watchdog.guard(undefined));
    child.once('error', () => watchdog.guard(undefined));
    await untilReady(child, url, log);
    return child;
  };
  const end = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended(child);
  };

  let child = await boot();
  const client = new Redis(port, { password, retryStrategy: () => 20, maxRetriesPerRequest: null });
  client.on('error', () => undefined);
  return {
    url,
    password,
    client,
    kill(signal) {
      child.kill(signal);
      if (signal === 'SIGSTOP') untilStopped(child.pid as number);
    },
    async restart() {
      await end();
      child = await boot();
    },
    async stop() {
      client.disconnect();
      await end();
      await removeFolder(folder);
      watchdog.release();
    },
  };
}

async function untilReady(child: ChildProcess, { port, password }: RedisServer['url'], log: string): Promise<void> {
  const deadline = performance.now() + BOOT_WITHIN_MS;
  const knock = new Redis(port, { password, lazyConnect: true, retryStrategy: () => null });
  knock.on('error', () => undefined);
  while (!hasEnded(child) && performance.now() < deadline) {
    try {
      await knock.connect();
      knock.disconnect();
      return;
    } catch {
      await delay(10);
    }
  }
  child.kill('SIGKILL');
  throw new Error(`Redis did not start; its log ends with:\n${(await readFile(log, 'utf8').catch(() => '')).slice(-2_000)}`);
}
