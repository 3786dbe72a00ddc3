import type { Service } from './service.js';

type Row = Readonly<Record<string, unknown>>;

/** One statement of SQL, as an operator with the database's password would send it. */
export const sql = <T = Row>(service: Service, statement: string, parameters: readonly unknown[] = []): Promise<T[]> =>
  service.app.database.transact((rows) => rows.query<T[]>(statement, [...parameters]));

/** Every row of every table, for a comparison of before and after. */
export async function allRows(service: Service): Promise<Readonly<Record<string, readonly string[]>>> {
  const names =
    service.app.database.kind === 'sqlite'
      ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
      : 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()';
  const tables = (await sql<{ name: string }>(service, names))
    .map(({ name }) => name)
    // Written by the clock: each replica tells that it is there.
    .filter((name) => name !== 'replicas')
    .sort();
  const found: Record<string, readonly string[]> = {};
  for (const table of tables) found[table] = (await sql(service, `SELECT * FROM ${table}`)).map((row) => JSON.stringify(row)).sort();
  return found;
}

/** Asks again until something can be told, for what is written behind an answer. */
export async function until<T>(tell: () => Promise<T | undefined>, withinMs = 10_000): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const told = await tell();
    if (told !== undefined) return told;
    if (performance.now() > deadline) throw new Error(`nothing could be told within ${withinMs} ms`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Waits until no job waits or runs. */
export const jobsAreOver = (service: Service): Promise<true> =>
  until(async () => {
    const [open] = await sql(service, "SELECT id FROM jobs WHERE status IN ('QUEUED', 'RUNNING')");
    return open === undefined ? true : undefined;
  });
