import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
// No `.js` on relative imports here: Jest's globalSetup loads this file with plain `require`, where the resolver of the tests does not apply.
import { installWithApt, isRoot, unpackedFolder, unpackWithApt } from './apt';

/** Software that tests run for real, and where Debian has it. */
export interface Software<Program extends string> {
  /** What its folder in the cache is named after. */
  readonly name: string;
  readonly packages: readonly string[];
  /** The names that each program goes by; the first that is found is taken. */
  readonly programs: Readonly<Record<Program, readonly string[]>>;
  /** Whether root may install the packages into the machine; left out: no, they would start a service there, and are only unpacked. */
  readonly installable?: boolean;
  /** What to do where it cannot be had: one sentence without its full stop. */
  readonly advice: string;
}

/** The programs of one installation, and what they need to run. */
export interface Programs<Program extends string> {
  /** Absolute paths. */
  readonly paths: Readonly<Record<Program, string>>;
  /** The folder that they were unpacked into; null: the machine's own. */
  readonly root: string | null;
  /** Environment to run them in. */
  readonly environment: NodeJS.ProcessEnv;
}

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

function pathsIn<Program extends string>(
  { programs }: Software<Program>,
  folders: readonly string[],
): Readonly<Record<Program, string>> | undefined {
  const found: Partial<Record<Program, string>> = {};
  for (const [program, names] of Object.entries<readonly string[]>(programs)) {
    const path = names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
    if (path === undefined) return undefined;
    found[program as Program] = path;
  }
  return found as Record<Program, string>;
}

function installed<Program extends string>(software: Software<Program>): Programs<Program> | undefined {
  // Ordinary users of Debian have no /usr/sbin on their PATH.
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin'];
  const paths = pathsIn(software, folders);
  return paths && { paths, root: null, environment: process.env };
}

function unpacked<Program extends string>(software: Software<Program>): Programs<Program> | undefined {
  const root = unpackedFolder(software.name);
  const paths = pathsIn(software, [join(root, 'usr/sbin'), join(root, 'usr/bin')]);
  if (!paths) return undefined;
  const triplet = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }[process.arch as string] ?? '';
  const libraries = [join(root, 'usr/lib', triplet), join(root, 'lib', triplet), process.env['LD_LIBRARY_PATH']];
  return { paths, root, environment: { ...process.env, LD_LIBRARY_PATH: libraries.filter(Boolean).join(delimiter) } };
}

async function fetched<Program extends string>(software: Software<Program>): Promise<Programs<Program>> {
  const { name, packages, installable = false, advice } = software;
  const unpack = (): Promise<void> => unpackWithApt(name, packages);
  let reason = '';
  try {
    // Where something else is in the way, apt-get cannot put the packages beside it: unpack them then.
    if (installable && isRoot()) await installWithApt(packages).catch(unpack);
    else await unpack();
  } catch (error) {
    reason = ` (apt-get was tried: ${error instanceof Error ? error.message : String(error)})`;
  }
  const found = installed(software) ?? unpacked(software);
  if (found) return found;
  throw new Error(`${advice}${reason}.`);
}

/** How long a test's set-up may take where they must be fetched first. */
export const PROGRAMS_WITHIN_MS = 300_000;

/**
 * Finds software on this machine; where it is missing and the machine has apt-get, brings it in: as root, where that starts
 * nothing, by installing it, else by unpacking it into a folder of the cache.
 *
 * @throws when it is not to be had, saying what to do.
 */
export async function findPrograms<Program extends string>(software: Software<Program>): Promise<Programs<Program>> {
  return installed(software) ?? unpacked(software) ?? (await fetched(software));
}
