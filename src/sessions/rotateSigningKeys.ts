import type { Database } from '../database/index.js';
import { encryptionKeyOf } from '../sealing/index.js';
import { LIFETIME_SECONDS } from './accessTokens.js';
import { insertSigningKey, newSigningKey, PUBLISHED_AHEAD_MS, signing } from './signingKeys.js';
import { SigningKeyStore } from './SigningKeyStore.js';

/** After its last token has expired: a replica whose clock is behind may have signed for that much longer. */
const LEEWAY_MS = 3_600_000;

/**
 * Makes the next signing key once the newest is that old, and takes away those that nothing is signed with any more.
 * A new key is published first and signs later; an old one is published until every token that it signed has expired.
 */
export async function rotateSigningKeys(database: Database, encryptionKey: Buffer, now: Date, everyMs: number): Promise<void> {
  const keys = await new SigningKeyStore(database.reader).all();
  const [newest] = keys;
  if (!newest) return;
  if (now.getTime() - newest.createdAt.getTime() >= everyMs) {
    // Its number makes it one: two replicas that get here at once make the same row, of which the database takes one.
    const id = String(Number(newest.id) + 1);
    await insertSigningKey(database, newSigningKey(id, encryptionKeyOf(encryptionKey), now));
  }
  const signs = signing(keys, now);
  if (!signs) return;
  const signsSince = signs.createdAt.getTime() + PUBLISHED_AHEAD_MS;
  if (now.getTime() < signsSince + LIFETIME_SECONDS * 1_000 + LEEWAY_MS) return;
  const spent = keys.filter(({ id }) => Number(id) < Number(signs.id)).map(({ id }) => id);
  if (spent.length > 0) await database.transact((rows) => new SigningKeyStore(rows).delete(spent));
}
