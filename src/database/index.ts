export * as columns from './columns.js';
export { Database, type Rows } from './Database.js';
export { type DatabaseUrl, parseDatabaseUrl } from './dialect.js';
export { isAway, isDuplicate, withoutValues } from './failures.js';
export { type DatabaseOptions, openDatabase, openForReading } from './openDatabase.js';
export { makeFolder } from './makeFolder.js';
export { permitted } from './permitted.js';
export { FileInUse } from './sqliteFile.js';
export { afterPrefix, keysetPage, keysetPages } from './keyset.js';
