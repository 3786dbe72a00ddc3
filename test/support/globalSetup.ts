import { createConnection } from 'mysql2/promise';
// No `.js` on relative imports here: Jest loads this file with plain `require`, where the resolver of the tests does not apply.
import { type MariadbServer, startMariadb } from './mariadb';

let own: MariadbServer | undefined;

/**
 * Gives the run's tests one MariaDB server, whose URL they find in TEST_MARIADB_URL: the one that TEST_MYSQL_URL names, else a private
 * one. Belongs to the `mariadb` project, so that Jest calls it only when a test of that project is about to run.
 */
export default async function globalSetup(): Promise<void> {
  const given = process.env['TEST_MYSQL_URL'];
  if (given) {
    await checkAnswers(given);
    process.env['TEST_MARIADB_URL'] = given;
  } else {
    own = await startMariadb();
    process.env['TEST_MARIADB_URL'] = own.url;
  }
}

/** Stops the server that {@link globalSetup} started, if it started one. */
export async function stopOwnServer(): Promise<void> {
  await own?.stop();
  own = undefined;
  delete process.env['TEST_MARIADB_URL'];
}

async function checkAnswers(url: string): Promise<void> {
  try {
    const connection = await createConnection({ uri: url, connectTimeout: 5_000 });
    await connection.end();
  } catch (error) {
    throw new Error(`The server that TEST_MYSQL_URL names cannot be used: ${error instanceof Error ? error.message : String(error)}.`);
  }
}
