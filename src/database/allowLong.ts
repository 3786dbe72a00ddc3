import type { Rows } from './Database.js';
import { PooledConnection } from './PooledConnection.js';

const LONG_MS = 120_000;

/**
 * Lets each statement of this transaction take as long as what touches all of a tenant's rows may: two minutes instead of
 * seconds. Only for what is done once, by somebody who waits for it, or behind all answers.
 */
export async function allowLong({ queryRunner }: Rows): Promise<void> {
  const connection: unknown = await queryRunner?.connect();
  if (connection instanceof PooledConnection) connection.allow(LONG_MS);
}
