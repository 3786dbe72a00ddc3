import { WrongSetting } from '../config.js';
// Not by the room's index: a wrong setting is told before TypeORM is loaded.
import { FileInUse } from '../database/sqliteFile.js';

const noMysql = (): string => 'what listens at the address of DATABASE_URL does not speak as MySQL does. Is the port right?';
const lacksRights = (): string => 'this user lacks rights on its database: the migrations need all of them. Grant them, and start again.';

const advice: Readonly<Record<string, (error: Details) => string>> = {
  EADDRINUSE: ({ address, port }) =>
    `${address ?? 'the address'}:${port ?? ''} is in use. Stop the other process, or set PORT to a free port.`,
  EACCES: ({ path, port }) =>
    path === undefined
      ? `port ${port ?? ''} may not be opened by this user. Set PORT to 1024 or more.`
      : `${path} may not be written. Set DATABASE_URL to a folder that this user may write.`,
  EADDRNOTAVAIL: ({ address }) => `${address ?? 'HOST'} is no address of this machine. Set HOST to one, or to 127.0.0.1.`,
  ENOTFOUND: ({ hostname }) => `the host ${hostname ?? ''} is unknown. Check HOST and DATABASE_URL.`,
  EROFS: ({ path }) => `${path ?? 'the folder'} is read-only. Set DATABASE_URL to a folder that can be written.`,
  ENOTDIR: ({ path }) => `${path ?? 'the path'} is no folder. Set DATABASE_URL to a file in one.`,
  EEXIST: ({ path }) => `${path ?? 'the path'} is no folder. Set DATABASE_URL to a file in one.`,
  EISDIR: ({ path }) => `${path ?? 'the path'} is a folder. Set DATABASE_URL to a file in it.`,
  ENOSPC: ({ path }) => `there is no space left for ${path ?? 'the files'}. Free some, or set DATABASE_URL to a folder elsewhere.`,
  ENOENT: ({ path }) => `${path ?? 'the path'} does not exist and cannot be made. Set DATABASE_URL to a folder that can be written.`,
  SQLITE_CANTOPEN: () => 'the database file cannot be opened. Set DATABASE_URL to a file in a folder that this user may write.',
  SQLITE_READONLY: () => 'the database file is read-only. Let this user write it, or set DATABASE_URL to another.',
  SQLITE_CORRUPT: () => 'the database file is damaged. Restore it from a backup.',
  SQLITE_FULL: () => 'the disk of the database file is full. Free some space, or set DATABASE_URL to a file elsewhere.',
  SQLITE_BUSY: () => 'another program has locked the database file. Stop it, or set DATABASE_URL to another file.',
  SQLITE_NOTADB: () => 'the file of DATABASE_URL is no SQLite database. Name another.',
  ECONNREFUSED: ({ address, port }) =>
    `the database ${address === undefined ? '' : `at ${address}:${port ?? ''} `}refuses connections. Is it running, and is DATABASE_URL right?`,
  ETIMEDOUT: () => 'the database does not answer. Is it running, and is the host of DATABASE_URL right?',
  EHOSTUNREACH: () => 'the host of the database cannot be reached. Is DATABASE_URL right?',
  ENETUNREACH: () => 'the host of the database cannot be reached. Is DATABASE_URL right?',
  EAI_AGAIN: ({ hostname }) => `the host ${hostname ?? ''} cannot be looked up now. Check HOST and DATABASE_URL, and the name server.`,
  ECONNRESET: noMysql,
  EPIPE: noMysql,
  PROTOCOL_CONNECTION_LOST: noMysql,
  ER_ACCESS_DENIED_ERROR: () => 'the database refuses this user or password. Check DATABASE_URL.',
  ER_DBACCESS_DENIED_ERROR: () => 'this user may not use that database. Grant it, or check DATABASE_URL.',
  ER_TABLEACCESS_DENIED_ERROR: lacksRights,
  ER_SPECIFIC_ACCESS_DENIED_ERROR: lacksRights,
  ER_CON_COUNT_ERROR: () => 'the database has as many connections as it takes. Raise its max_connections, or stop others.',
  ER_BAD_DB_ERROR: () => 'there is no such database. Create it, or check DATABASE_URL.',
  ER_BINLOG_CREATE_ROUTINE_NEED_SUPER: () =>
    'the migrations create triggers, which an ordinary user may do only with log_bin_trust_function_creators=1. Set it on the database server.',
};

type Details = NodeJS.ErrnoException & { readonly address?: string; readonly port?: number; readonly hostname?: string };

/** One line on why the start failed and what to do. It never holds a password: only names of settings, paths and addresses. */
export function explainFailure(error: unknown): string {
  if (error instanceof WrongSetting) return error.message;
  if (error instanceof FileInUse) return `${error.message}. Stop that one, or set DATABASE_URL to another file.`;
  if (!(error instanceof Error)) return 'for an unknown reason.';
  const { driverError } = error as { driverError?: unknown };
  const details = (driverError instanceof Error ? driverError : error) as Details;
  const known = details.code === undefined ? undefined : advice[details.code];
  return known ? known(details) : (details.message.split('\n')[0] ?? 'for an unknown reason.');
}
