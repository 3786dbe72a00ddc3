import type { Database } from '../database/index.js';
import type { Readiness } from './Readiness.js';

/**
 * Adds the database and its schema. A schema that is newer than this build is none that it cannot work on: while replicas are
 * replaced one by one, the first new one has migrated, and the old ones must go on until all are new.
 */
export function addDatabaseParts(readiness: Readiness, database: Database): void {
  readiness.add('database', async () => {
    await database.ping();
    return { ready: true, says: 'up' };
  });
  readiness.add('migrations', async () => {
    const schema = await database.schema();
    return { ready: schema !== 'older', says: schema };
  });
}
