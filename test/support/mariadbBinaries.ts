import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
// No `.js` on relative imports here: Jest's globalSetup loads this file with plain `require`, where moduleNameMapper does not apply.
import { installWithApt, unpackedFolder, unpackWithApt } from './mariadbApt';

/** The programs of one MariaDB installation, and what they need to run. */
export interface MariadbBinaries {
  /** Absolute path of `mariadbd` (or of a MariaDB's `mysqld`). */
  readonly server: string;
  /** Absolute path of `mariadb-install-db`, which writes an empty data folder. */
  readonly installer: string;
  /** Arguments that tell both programs where their files are; empty for an ordinary installation. */
  readonly locations: readonly string[];
  /** Environment of both programs. */
  readonly environment: NodeJS.ProcessEnv;
}

const serverNames = ['mariadbd', 'mysqld'];
const installerNames = ['mariadb-install-db', 'mysql_install_db'];

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const find = (names: readonly string[], folders: readonly string[]): string | undefined =>
  names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);

function installed(): MariadbBinaries | undefined {
  // Ordinary users of Debian have no /usr/sbin on their PATH.
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin'];
  const server = find(serverNames, folders);
  const installer = find(installerNames, folders);
  return server && installer ? { server, installer, locations: [], environment: process.env } : undefined;
}

function unpacked(): MariadbBinaries | undefined {
  const root = unpackedFolder();
  const server = find(serverNames, [join(root, 'usr/sbin')]);
  const installer = find(installerNames, [join(root, 'usr/bin')]);
  if (!server || !installer) return undefined;
  const triplet = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }[process.arch as string] ?? '';
  const libraries = [join(root, 'usr/lib', triplet), join(root, 'lib', triplet), process.env['LD_LIBRARY_PATH']];
  return {
    server,
    installer,
    locations: [`--basedir=${join(root, 'usr')}`, `--lc-messages-dir=${join(root, 'usr/share/mysql')}`],
    environment: { ...process.env, LD_LIBRARY_PATH: libraries.filter(Boolean).join(delimiter) },
  };
}

async function fetched(): Promise<MariadbBinaries> {
  let reason = '';
  try {
    // Where MySQL's own server is installed, apt-get cannot put MariaDB beside it: unpack it then.
    if (process.getuid?.() === 0) await installWithApt().catch(unpackWithApt);
    else await unpackWithApt();
  } catch (error) {
    reason = ` (apt-get was tried: ${error instanceof Error ? error.message : String(error)})`;
  }
  const found = installed() ?? unpacked();
  if (found) return found;
  throw new Error(
    'The MariaDB tests need a server: install MariaDB so that mariadbd and mariadb-install-db are found ' +
      '(Debian: mariadb-server-core and mariadb-client-core; macOS: brew install mariadb), ' +
      `or set TEST_MYSQL_URL to a server on which databases named bailiwick_test_% may be created${reason}.`,
  );
}

/**
 * Finds MariaDB on this machine; where it is missing and the machine has apt-get, brings it in (as root by installing two packages
 * that start no service, else by unpacking them into a cache folder).
 *
 * @throws when there is no MariaDB to be had, saying what to do.
 */
export async function findMariadb(): Promise<MariadbBinaries> {
  return installed() ?? unpacked() ?? (await fetched());
}
