import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

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

/** Whether this process may install into the machine. */
export const isRoot = (): boolean => process.getuid?.() === 0;

/** Installs packages on a Debian machine; for root, and for packages that start no service. */
export async function installWithApt(packages: readonly string[]): Promise<void> {
  // Old lists may still do, and another process may hold the lock: let the installation decide.
  await runQuietly('apt-get', ['update']).catch(() => undefined);
  // --no-remove: packages may conflict with others, which apt-get would otherwise take away from their owner.
  const options = ['--yes', '--no-install-recommends', '--no-remove', '-o', 'DPkg::Lock::Timeout=120'];
  await runQuietly('apt-get', [...options, 'install', ...packages]);
}

const cacheFolder = (name: string): string => {
  const fallback = process.platform === 'darwin' ? join(homedir(), 'Library/Caches') : join(homedir(), '.cache');
  return join(process.env['XDG_CACHE_HOME'] || fallback, `bailiwick-${name}`);
};

/** Where {@link unpackWithApt} leaves the programs of that name. */
export const unpackedFolder = (name: string): string => join(cacheFolder(name), 'root');

/** Fetches packages, and what this machine lacks of their dependencies, and unpacks them into a folder of the cache; needs no rights. */
export async function unpackWithApt(name: string, packages: readonly string[]): Promise<void> {
  const work = await workFolder(name);
  try {
    const lists = join(work, 'lists');
    const archives = join(work, 'archives');
    const root = join(work, 'root');
    for (const folder of [join(lists, 'partial'), join(archives, 'partial'), root]) await mkdir(folder, { recursive: true });

    // The machine's own lists may be missing and cannot be refreshed without rights: use private ones.
    const own = [`Dir::State::Lists=${lists}`, `Dir::Cache=${work}`, 'Debug::NoLocking=1'];
    // Root would fetch as a user who may not write here.
    const settings = [...own, ...(isRoot() ? ['APT::Sandbox::User=root'] : [])].flatMap((setting) => ['-o', setting]);
    await runQuietly('apt-get', [...settings, 'update']);
    const plan = await runQuietly('apt-get', [...settings, '--simulate', '--no-install-recommends', 'install', ...packages]);
    const missing = [...plan.matchAll(/^Inst (\S+)/gm)].map((match) => match[1] ?? '');
    await runQuietly('apt-get', [...settings, 'download', ...missing], archives);

    for (const file of await readdir(archives)) {
      if (file.endsWith('.deb')) await runQuietly('dpkg', ['-x', join(archives, file), root]);
    }
    // Another process may have been quicker; its folder is as good as this one.
    await rename(root, unpackedFolder(name)).catch(() => undefined);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** A folder next to the final one, so that the last step is an atomic rename. */
async function workFolder(name: string): Promise<string> {
  await mkdir(cacheFolder(name), { recursive: true });
  return mkdtemp(join(cacheFolder(name), 'unpacking-'));
}
