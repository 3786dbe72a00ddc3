import { closeSync, openSync, realpathSync } from 'node:fs';
import SqliteConnection from 'better-sqlite3';

/** The SQLite file is another process's. */
export class FileInUse extends Error {
  override readonly name = 'FileInUse';
}

/**
 * Claims a database file for this process. The claim is a transaction held open on a small file beside it, which the
 * operating system ends with the process, however that dies: a stale claim cannot be left behind.
 */
export function claimFile(file: string): () => void {
  // The file itself, by whichever link it was named: two names must not be two claims. It is its owner's alone.
  closeSync(openSync(file, 'a', 0o600));
  const connection = new SqliteConnection(`${realpathSync(file)}.lock`, { timeout: 0 });
  try {
    connection.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    connection.close();
    if ((error as { code?: unknown }).code === 'SQLITE_BUSY') throw new FileInUse(`${file} is in use by another process`);
    throw error;
  }
  return () => {
    connection.close();
  };
}
