import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { WrongSetting } from '../config.js';
// Not by the room's index: a wrong setting is told before TypeORM is loaded.
import type { DatabaseUrl } from '../database/dialect.js';
import { makeFolder } from '../database/makeFolder.js';

const BYTES = 32;

/** The encryption key beside an embedded database: made at the first start, readable by its owner only. */
export function encryptionKeyFor(url: DatabaseUrl): Buffer {
  if (url.kind !== 'sqlite') throw new WrongSetting('ENCRYPTION_KEY is required with MySQL.');
  const file = join(dirname(url.file), 'encryption-key');
  makeFolder(dirname(file));
  try {
    writeFileSync(file, `${randomBytes(BYTES).toString('base64')}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
  if (key.length !== BYTES) throw new WrongSetting(`${file} must hold ${BYTES} bytes in base64: restore it from a backup.`);
  return key;
}
