import type { DataSource } from 'typeorm';

const LOCK_WAIT_SECONDS = 60;

/**
 * Runs what is missing of the migrations under a lock of the server, so that replicas that start at once migrate once.
 * The lock belongs to a connection of its own and goes with it, also when the process dies.
 */
export async function migrateMysql(source: DataSource): Promise<void> {
  const holder = source.createQueryRunner();
  const lock = `bailiwick.migrate.${source.driver.database ?? ''}`.slice(0, 64);
  try {
    const [row] = (await holder.query('SELECT GET_LOCK(?, ?) AS locked', [lock, LOCK_WAIT_SECONDS])) as { locked: unknown }[];
    if (Number(row?.locked) !== 1) throw new Error(`another process has held the migration lock for ${LOCK_WAIT_SECONDS} s`);
    await source.runMigrations();
    await holder.query('SELECT RELEASE_LOCK(?)', [lock]);
  } finally {
    await holder.release();
  }
}
