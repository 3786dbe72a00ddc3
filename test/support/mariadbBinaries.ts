import { join } from 'node:path';
// No `.js` on relative imports here: Jest's globalSetup loads this file with plain `require`, where the resolver of the tests does not apply.
import { findPrograms } from './debian/programs';

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

const mariadb = {
  name: 'mariadb',
  packages: ['mariadb-server-core', 'mariadb-client-core'],
  programs: { server: ['mariadbd', 'mysqld'], installer: ['mariadb-install-db', 'mysql_install_db'] },
  // The core packages start no service.
  installable: true,
  advice:
    'The MariaDB tests need a server: install MariaDB so that mariadbd and mariadb-install-db are found ' +
    '(Debian: mariadb-server-core and mariadb-client-core; macOS: brew install mariadb), ' +
    'or set TEST_MYSQL_URL to a server on which databases named bailiwick_test_% may be created',
};

/** Finds MariaDB on this machine, or brings it in; throws where there is none to be had, saying what to do. */
export async function findMariadb(): Promise<MariadbBinaries> {
  const { paths, root, environment } = await findPrograms(mariadb);
  const locations = root === null ? [] : [`--basedir=${join(root, 'usr')}`, `--lc-messages-dir=${join(root, 'usr/share/mysql')}`];
  return { ...paths, locations, environment };
}
