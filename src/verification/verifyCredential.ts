import type { Act } from '../access/index.js';
import type { KeyContexts } from '../contexts/index.js';
import { type Soon, whenThere } from '../domain/index.js';
import { isOurs } from '../keys/index.js';
import type { LiveToken, Sessions } from '../sessions/index.js';
import { type Answering, type Asker, askerOf, askingOf } from './Asking.js';
import type { Verification } from './Verification.js';
import { verifyAccessToken } from './verifyAccessToken.js';
import { verifyApiKey, type VerificationQuestion } from './verifyApiKey.js';

/** What answering about any credential takes. */
export interface AnsweringAny extends Answering {
  readonly sessions: Sessions;
}

/** The answer, and the access token that it is about; null where it is about a key, or about nothing that is known. */
export interface VerifiedCredential {
  readonly verification: Verification;
  readonly token: LiveToken | null;
}

/** A JWT as it is written; keys that were made elsewhere may be some as well. */
const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * Answers a service about whatever its own caller presented: where access tokens are accepted, keys are (S3.2). Who may ask,
 * and about whom, is the same for both.
 */
export function verifyCredential(act: Act, answering: AnsweringAny, question: VerificationQuestion): Soon<VerifiedCredential> {
  if (!isOurs(question.key) && JWT.test(question.key)) return verifyToken(act, answering, question);
  return verifyKey(act, answering, question);
}

const verifyKey = (act: Act, answering: Answering, question: VerificationQuestion): Soon<VerifiedCredential> =>
  whenThere(verifyApiKey(act, answering, question), (verification) => ({ verification, token: null }));

async function verifyToken(act: Act, answering: AnsweringAny, question: VerificationQuestion): Promise<VerifiedCredential> {
  // Before any look-up: may they ask at all?
  const { asker } = await askingOf(act, answering);
  const token = await answering.sessions.inspect(question.key);
  if (!token) return verifyKey(act, answering, question);
  return { verification: await verifyForStanding(act, answering.contexts, asker, token, question), token };
}

/** A token was read after the request arrived; whoever asks may have been remembered, and a yes is said to those only who stand. */
async function verifyForStanding(
  act: Act,
  contexts: KeyContexts,
  asker: Asker,
  token: LiveToken,
  question: VerificationQuestion,
): Promise<Verification> {
  const verification = await verifyAccessToken(act, asker.facts, token, question);
  if (!verification.valid || contexts.stands(asker.context)) return verification;
  const anew = await askerOf(act, (keyId) => contexts.read(keyId));
  return verifyAccessToken(act, anew.facts, token, question);
}
