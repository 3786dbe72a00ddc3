import { createHash } from 'node:crypto';
import type { Service } from '../../support/service.js';

type Row = Readonly<Record<string, unknown>>;

/** Tables that are written behind answers, also of refused requests: what is in them tells nothing of a change. */
const statistics = /log|usage|denial|webhook_(lanes|deliveries)/;

const query = (service: Service, sql: string): Promise<Row[]> => service.app.database.reader.query(sql);

/** The names of all tables. */
export async function tablesOf(service: Service): Promise<string[]> {
  const sql =
    service.app.database.kind === 'sqlite'
      ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
      : 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()';
  return (await query(service, sql)).map(({ name }) => String(name)).sort();
}

/** Every row of a table. */
export const rowsOf = (service: Service, table: string): Promise<Row[]> => query(service, `SELECT * FROM ${table}`);

/** Makes a question that is answered in one statement: how many rows each table has; of the audit trail, how many acts it tells of. */
export async function counter(service: Service): Promise<() => Promise<string>> {
  const tables = (await tablesOf(service)).filter((name) => !statistics.test(name));
  const counts = tables.map(
    (name) => `(SELECT COUNT(*) FROM ${name}${name === 'audit_events' ? " WHERE outcome = 'ALLOWED'" : ''}) AS ${name}`,
  );
  const sql = `SELECT ${counts.join(', ')}`;
  return async () => JSON.stringify(await query(service, sql));
}

/** A digest of all that a change could have changed. A tenant's row is left out: it also moves with denials. */
export async function fingerprint(service: Service): Promise<string> {
  const digest = createHash('sha256');
  for (const table of await tablesOf(service)) {
    // Each replica tells by the clock that it is there.
    if (statistics.test(table) || table === 'tenants' || table === 'replicas') continue;
    const rows = await rowsOf(service, table);
    const acts = table === 'audit_events' ? rows.filter(({ outcome }) => outcome === 'ALLOWED') : rows;
    digest.update(table).update(
      acts
        // When a key was last used is written behind answers as well.
        .map(({ last_used_at: _used, ...row }) => JSON.stringify(row))
        .sort()
        .join('\n'),
    );
  }
  return digest.digest('hex');
}
