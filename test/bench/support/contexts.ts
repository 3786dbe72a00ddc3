import { ContextStore } from '../../../src/contexts/ContextStore.js';
import { KeyContexts } from '../../../src/contexts/index.js';
import { type Database, openDatabase, parseDatabaseUrl } from '../../../src/database/index.js';
import { migrations } from '../../../migrations/index.js';
import { tables } from '../../../src/tables.js';
import { alwaysHolds } from '../../../src/withdrawals/index.js';

/** What the service remembers keys by, in this process and without the rest of it. */
export interface OpenMemory {
  readonly contexts: KeyContexts;
  readonly database: Database;
}

/** Opens it on a database that is in place. */
export async function openMemory(databaseUrl: string): Promise<OpenMemory> {
  const url = parseDatabaseUrl(databaseUrl);
  if (!url) throw new Error('the bench has made an address that is none');
  const database = await openDatabase({ url, schemas: tables as never, migrations });
  const store = new ContextStore(database.lanes.keys, database.kind);
  return { database, contexts: new KeyContexts({ store, reader: () => database.reader, reliance: alwaysHolds }) };
}
