import { z } from 'zod';
import type { Act } from '../access/index.js';
import { effectiveThere, firstShut, type GateCode, type KeyFacts, type KeyQuestion, missingThere } from '../authority/index.js';
import type { KeyContext } from '../contexts/index.js';
import { isOurs, parseCredential } from '../keys/index.js';
import type { RateLimitState, Taken } from '../rateLimits/index.js';
import { asked, namespaceAsked, questionOf } from './asked.js';
import { type Answering, askerOf, type Asking, askingOf, inSphere, type LookUp } from './Asking.js';
import { Attempt } from './Attempt.js';
import { importedSecretOf, secretOf } from './secretOf.js';
import { answers, notFoundAnswer, type Verification } from './Verification.js';

const MOST_COST = 1_000_000_000;

export const verifyApiKeyInput = z.object({
  key: z.string(),
  ...asked,
  cost: z.int('must be a whole number').min(0, 'must not be negative').max(MOST_COST, `must be at most ${MOST_COST}`).nullish(),
});
export type VerificationQuestion = z.output<typeof verifyApiKeyInput>;

/** Answers a service that asks about one key. */
export async function verifyApiKey(act: Act, answering: Answering, question: VerificationQuestion): Promise<Verification> {
  const asking = await askingOf(act, answering);
  return answerQuestion(act, asking, await compared(act, asking, question));
}

/** A question, once its credential was compared with those that were made elsewhere. */
export interface Compared {
  readonly question: VerificationQuestion;
  readonly attempt: Attempt;
  readonly importedKeyId: string | null;
}

/** Compares first, before anything is decided or taken: comparing may wait, long or in vain, and instants pass meanwhile. */
export async function compared(act: Act, { imported, uses }: Asking, question: VerificationQuestion): Promise<Compared> {
  const attempt = new Attempt(uses, act.requestId, presentedFor(question));
  return { question, attempt, importedKeyId: isOurs(question.key) ? null : await imported().keyIdOf(question.key) };
}

/** What was found out about a question, before it is said. */
interface Considered {
  readonly verification: Verification;
  /** The key whose secret was right. */
  readonly context: KeyContext | null;
  /** What was taken from its window. */
  readonly taken: Taken | null;
  /** The instant of the decision, in milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Answers one question. A yes is said by what stands at that very instant: where something of it was withdrawn meanwhile, or
 * this process cannot know, it is considered once more by what a read finds that was sent after the question arrived.
 */
export async function answerQuestion(act: Act, asking: Asking, { question, attempt, importedKeyId }: Compared): Promise<Verification> {
  const { contexts } = asking;
  let considered = await consider(act, asking, question, importedKeyId, attempt, (keyId) => contexts.find(keyId), null);
  if (considered.context && considered.verification.valid && !bothStand(asking, considered.context)) {
    const read: LookUp = (keyId) => contexts.read(keyId);
    const anew = { ...asking, asker: await askerOf(act, read) };
    considered = await consider(act, anew, question, importedKeyId, attempt, read, considered);
  }
  const { context, now, verification } = considered;
  if (context) attempt.answered(context, verification.code, verification.httpStatus, new Date(now), question.cost !== 0);
  return verification;
}

const bothStand = ({ asker, contexts }: Asking, context: KeyContext): boolean => contexts.stands(asker.context) && contexts.stands(context);

const nobody: Considered = { verification: notFoundAnswer, context: null, taken: null, now: 0 };

/**
 * Asks, in this order: parse and checksum, id and secret, the asker's sphere, the gates of authority, and last the rate
 * limit, of which a refusal before it takes nothing. `before`: it was considered already, and took what it costs.
 */
async function consider(
  { clock }: Act,
  { asker, contexts, rateLimits }: Asking,
  question: VerificationQuestion,
  importedKeyId: string | null,
  attempt: Attempt,
  lookUp: LookUp,
  before: Considered | null,
): Promise<Considered> {
  const parsed = importedKeyId === null ? parseCredential(question.key) : null;
  const keyId = importedKeyId ?? parsed?.keyId;
  if (keyId === undefined) return nobody;
  const context = await lookUp(keyId);
  const at = clock();
  const secret = parsed ? secretOf(context, parsed, at.getTime()) : importedSecretOf(context, at.getTime());
  if (!context || !inSphere(asker, context) || secret === 'NONE') return nobody;
  if (typeof secret === 'string') {
    if (parsed) attempt.wrongSecret(context, parsed.digest, at);
    else attempt.retiredSecret(context, at);
    return nobody;
  }

  const namespaceId = namespaceAsked(question);
  const there = typeof namespaceId === 'string' ? await contexts.elsewhere(context, secret.facts, namespaceId) : null;
  const key = there?.facts ?? secret.facts;
  const now = clock().getTime();
  const toAsk = questionOf(asker.facts.environment, question, namespaceId === undefined ? undefined : (there?.namespace ?? null), now);

  const shut = firstShut(key, toAsk);
  const taken = before?.taken ?? (key.rateLimit && (await rateLimits.take(key.id, key.rateLimit, shut ? 0 : (question.cost ?? 1))));
  const refusal = shut ?? (taken?.fits === false ? 'RATE_LIMITED' : null);
  return { verification: answer(context, key, toAsk, refusal, taken?.state ?? null), context, taken, now };
}

/** What the key was presented for, as its log tells it. */
const presentedFor = ({ permissions, resource, clientIp }: VerificationQuestion) => ({
  requestedPermissions: permissions,
  resource: resource ? `${resource.type}:${resource.id}` : undefined,
  clientIp: clientIp ?? undefined,
});

function answer(
  context: KeyContext,
  key: KeyFacts,
  question: KeyQuestion,
  refusal: GateCode | 'RATE_LIMITED' | null,
  rateLimit: RateLimitState | null,
): Verification {
  const [httpStatus, message] = answers[refusal ?? 'VALID'];
  const about = {
    httpStatus,
    message,
    rateLimit,
    apiKeyId: context.id,
    name: context.known.name,
    namespaceId: context.namespaceId,
    organizationId: context.organizationId,
    userId: context.userId,
    environment: context.environment,
    expiresAt: key.expiresAt === null ? null : new Date(key.expiresAt),
    restrictions: key.restrictions,
    metadata: context.known.metadata,
  };
  if (refusal) {
    const missingPermissions = refusal === 'INSUFFICIENT_PERMISSIONS' ? missingThere(key, question) : [];
    return { ...about, valid: false, code: refusal, missingPermissions, effectivePermissions: [] };
  }
  // The one place where a key is said to be valid.
  return { ...about, valid: true, code: 'VALID', missingPermissions: [], effectivePermissions: [...effectiveThere(key, question)].sort() };
}
