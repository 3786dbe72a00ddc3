import { z } from 'zod';
import type { Act } from '../access/index.js';
import { firstShut, type KeyFacts, type NamespaceFacts } from '../authority/index.js';
import type { KeyContext } from '../contexts/index.js';
import { type Soon, whenThere } from '../domain/index.js';
import { isOurs, parseCredential } from '../keys/index.js';
import type { Taken } from '../rateLimits/index.js';
import { answerOf } from './answerOf.js';
import { asked, namespaceAsked, questionOf } from './asked.js';
import { type Answering, askerOf, type Asking, askingOf, inSphere, type LookUp } from './Asking.js';
import { Attempt } from './Attempt.js';
import { importedSecretOf, secretOf } from './secretOf.js';
import { notFoundAnswer, type Verification } from './Verification.js';

const MOST_COST = 1_000_000_000;

export const verifyApiKeyInput = z.object({
  key: z.string(),
  ...asked,
  cost: z.int('must be a whole number').min(0, 'must not be negative').max(MOST_COST, `must be at most ${MOST_COST}`).nullish(),
});
export type VerificationQuestion = z.output<typeof verifyApiKeyInput>;

/** Answers a service that asks about one key. */
export const verifyApiKey = (act: Act, answering: Answering, question: VerificationQuestion): Soon<Verification> =>
  whenThere(askingOf(act, answering), (asking) =>
    whenThere(compared(act, asking, question), (ready) => answerQuestion(act, asking, ready)),
  );

/** A question, once its credential was compared with those that were made elsewhere. */
export interface Compared {
  readonly question: VerificationQuestion;
  readonly attempt: Attempt;
  readonly importedKeyId: string | null;
}

/** Compares first, before anything is decided or taken: comparing may wait, long or in vain, and instants pass meanwhile. */
export function compared(act: Act, { imported, uses }: Asking, question: VerificationQuestion): Soon<Compared> {
  const attempt = new Attempt(uses, act.requestId, presentedFor(question));
  if (isOurs(question.key)) return { question, attempt, importedKeyId: null };
  return whenThere(imported().keyIdOf(question.key), (importedKeyId) => ({ question, attempt, importedKeyId }));
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
export function answerQuestion(act: Act, asking: Asking, ready: Compared): Soon<Verification> {
  const { contexts } = asking;
  const first = consider(act, asking, ready, (keyId) => contexts.find(keyId), null);
  return whenThere(first, (considered) => {
    if (!considered.context || !considered.verification.valid || bothStand(asking, considered.context)) return said(ready, considered);
    return considerAnew(act, asking, ready, considered);
  });
}

async function considerAnew(act: Act, asking: Asking, ready: Compared, before: Considered): Promise<Verification> {
  const read: LookUp = (keyId) => asking.contexts.read(keyId);
  const anew = { ...asking, asker: await askerOf(act, read) };
  return said(ready, await consider(act, anew, ready, read, before));
}

/** Notes that the key was used, and how that was answered. */
function said({ attempt, question }: Compared, { context, now, verification }: Considered): Verification {
  if (context) attempt.answered(context, verification.code, verification.httpStatus, new Date(now), question.cost !== 0);
  return verification;
}

const bothStand = ({ asker, contexts }: Asking, context: KeyContext): boolean => contexts.stands(asker.context) && contexts.stands(context);

const nobody: Considered = { verification: notFoundAnswer, context: null, taken: null, now: 0 };

/**
 * Asks, in this order: parse and checksum, id and secret, the asker's sphere, the gates of authority, and last the rate
 * limit, of which a refusal before it takes nothing. `before`: it was considered already, and took what it costs.
 */
function consider(act: Act, asking: Asking, ready: Compared, lookUp: LookUp, before: Considered | null): Soon<Considered> {
  const { attempt, importedKeyId, question } = ready;
  const parsed = importedKeyId === null ? parseCredential(question.key) : null;
  const keyId = importedKeyId ?? parsed?.keyId;
  if (keyId === undefined) return nobody;
  return whenThere(lookUp(keyId), (context) => {
    const at = act.clock();
    const secret = parsed ? secretOf(context, parsed, at.getTime()) : importedSecretOf(context, at.getTime());
    if (!context || !inSphere(asking.asker, context) || secret === 'NONE') return nobody;
    if (typeof secret === 'string') {
      if (parsed) attempt.wrongSecret(context, parsed.digest, at);
      else attempt.retiredSecret(context, at);
      return nobody;
    }
    const place = placeOf(asking, question, context, secret.facts);
    return whenThere(place, (there) => judge(act, asking, question, context, there, before));
  });
}

/** The key as it is where it is asked about. No namespace: its home is meant; null: there is none of that id. */
interface Place {
  readonly facts: KeyFacts;
  readonly namespace?: NamespaceFacts | null;
}

function placeOf({ contexts }: Asking, question: VerificationQuestion, context: KeyContext, facts: KeyFacts): Soon<Place> {
  const namespaceId = namespaceAsked(question);
  if (namespaceId === undefined) return { facts };
  const there = namespaceId === null ? null : contexts.elsewhere(context, facts, namespaceId);
  return whenThere(there, (found) => found ?? { facts, namespace: null });
}

/** Asks the gates about a key whose secret was right. */
function judge(
  { clock }: Act,
  { asker, rateLimits }: Asking,
  question: VerificationQuestion,
  context: KeyContext,
  { facts: key, namespace }: Place,
  before: Considered | null,
): Soon<Considered> {
  const now = clock().getTime();
  const toAsk = questionOf(asker.facts.environment, question, namespace, now);
  const shut = firstShut(key, toAsk);
  const taken = before?.taken ?? (key.rateLimit && rateLimits.take(key.id, key.rateLimit, shut ? 0 : (question.cost ?? 1)));
  return whenThere(taken, (counted) => {
    const refusal = shut ?? (counted?.fits === false ? 'RATE_LIMITED' : null);
    return { verification: answerOf(context, key, toAsk, refusal, counted?.state ?? null), context, taken: counted, now };
  });
}

/** What the key was presented for, as its log tells it. */
const presentedFor = ({ permissions, resource, clientIp }: VerificationQuestion) => ({
  requestedPermissions: permissions,
  resource: resource ? `${resource.type}:${resource.id}` : undefined,
  clientIp: clientIp ?? undefined,
});
