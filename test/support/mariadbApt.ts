import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const packages = ['mariadb-server-core', 'mariadb-client-core'];
const run = promisify(execFile);

/** Runs a program; a failure's message is the last line of what it complained about. */
async function runQuietly(program: string, args: readonly string[], cwd?: string): Promise<string> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
  try {
    const { stdout } = await run(program, args, { env, cwd, timeout: 300_000, maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  } catch (error) {
    const complaint = (error as { stderr?: string }).stderr?.trim().split('\n').at(-1);
    throw new Error(complaint || (error as Error).message, { cause: error });
  }
}

/** Installs the server's and the client's core packages on a Debian machine; for root only. No service is started. */
export async function installWithApt(): Promise<void> {
  // Old lists may still do, and another process may hold the lock: let the installation decide.
  await runQuietly('apt-get', ['update']).catch(() => undefined);
  // --no-remove: these packages conflict with MySQL's, which apt-get would otherwise take away from its owner.
  const options = ['--yes', '--no-install-recommends', '--no-remove', '-o', 'DPkg::Lock::Timeout=120'];
  await runQuietly('apt-get', [...options, 'install', ...packages]);
}

const cacheFolder = (): string => {
  const fallback = process.platform === 'darwin' ? join(homedir(), 'Library/Caches') : join(homedir(), '.cache');
  return join(process.env['XDG_CACHE_HOME'] || fallback, 'bailiwick-mariadb');
};

/** Where {@link unpackWithApt} leaves the programs. */
export const unpackedFolder = (): string => join(cacheFolder(), 'root');

/** Fetches the core packages, and what this machine lacks of their dependencies, and unpacks them into the cache folder; needs no rights. */
export async function unpackWithApt(): Promise<void> {
  const work = await workFolder();
  try {
    const lists = join(work, 'lists');
    const archives = join(work, 'archives');
    const root = join(work, 'root');
    for (const folder of [join(lists, 'partial'), join(archives, 'partial'), root]) await mkdir(folder, { recursive: true });

    // The machine's own lists may be missing and cannot be refreshed without rights: use private ones.
    const settings = [`Dir::State::Lists=${lists}`, `Dir::Cache=${work}`, 'Debug::NoLocking=1'].flatMap((setting) => ['-o', setting]);
    await runQuietly('apt-get', [...settings, 'update']);
    const plan = await runQuietly('apt-get', [...settings, '--simulate', '--no-install-recommends', 'install', ...packages]);
    const missing = [...plan.matchAll(/^Inst (\S+)/gm)].map((match) => match[1] ?? '');
    await runQuietly('apt-get', [...settings, 'download', ...missing], archives);

    for (const name of await readdir(archives)) {
      if (name.endsWith('.deb')) await runQuietly('dpkg', ['-x', join(archives, name), root]);
    }
    // Another process may have been quicker; its folder is as good as this one.
    await rename(root, unpackedFolder()).catch(() => undefined);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** A folder next to the final one, so that the last step is an atomic rename. */
async function workFolder(): Promise<string> {
  await mkdir(cacheFolder(), { recursive: true });
  return mkdtemp(join(cacheFolder(), 'unpacking-'));
}
