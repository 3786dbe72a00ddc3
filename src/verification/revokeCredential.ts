import { Act, type Quotas } from '../access/index.js';
import type { KeyFacts } from '../authority/index.js';
import type { KeyContexts } from '../contexts/index.js';
import type { Database } from '../database/index.js';
import { type Clock, Refusal } from '../domain/index.js';
import { isOurs, type ParsedCredential, parseCredential, revokeApiKey } from '../keys/index.js';
import type { Sessions } from '../sessions/index.js';
import type { UseLog } from '../usage/index.js';
import type { Withdrawals } from '../withdrawals/index.js';
import { Attempt } from './Attempt.js';
import { principalOf } from './principalOf.js';
import { secretOf } from './secretOf.js';

/** What ending a credential takes. */
export interface Ending {
  readonly database: Database;
  readonly contexts: KeyContexts;
  readonly withdrawals: Withdrawals;
  readonly clock: Clock;
  readonly sessions: Sessions;
  readonly quotas?: Quotas | undefined;
  /** Where a wrong secret is noted. */
  readonly uses: UseLog;
}

const REASON = 'A bearer of the key revoked it.';

/**
 * RFC 7009: who bears a credential may end it; it is its own proof. A key is revoked for good, since the RFC wants its
 * secret never to work again; of an access token or a refresh token the session ends. What narrows a key (resources, networks, its
 * limit, what its people still hold) narrows what it is good for, and never keeps it from being ended. Nothing is
 * told of what was found.
 */
export async function revokeCredential(ending: Ending, text: string, requestId: string): Promise<void> {
  if (!isOurs(text)) return ending.sessions.revoke(text, requestId);
  const credential = parseCredential(text);
  if (!credential) return;
  const key = await keyBorneBy(ending, credential, requestId);
  const { clock, database, quotas, withdrawals } = ending;
  // What is revoked already stays as its revoker left it. Perhaps that is just happening: then it is true everywhere once this is answered.
  if (!key || key.stopped) return withdrawals.settle(null);
  const act = new Act(principalOf(key), requestId, clock, database, withdrawals, quotas);
  try {
    await revokeApiKey(act, { id: key.id, reason: REASON, permanent: true });
  } catch (error) {
    // Somebody else was first; `change` has waited until that is true everywhere.
    if (!(error instanceof Refusal) || !['UNAUTHENTICATED', 'NOT_FOUND'].includes(error.reason.code)) throw error;
  }
}

/** The key of which this is a secret, also one that its grace still lets through. */
async function keyBorneBy({ clock, contexts, uses }: Ending, credential: ParsedCredential, requestId: string): Promise<KeyFacts | null> {
  const context = await contexts.read(credential.keyId);
  const now = clock();
  const secret = secretOf(context, credential, now.getTime());
  if (typeof secret !== 'string') return secret.facts;
  if (context && secret === 'WRONG') new Attempt(uses, requestId).wrongSecret(context, credential.digest, now);
  return null;
}
