import { z } from 'zod';
import type { Act } from '../access/index.js';
import {
  effectiveThere,
  firstShut,
  type GateCode,
  type KeyFacts,
  type KeyQuestion,
  missingThere,
  permission,
  usable,
} from '../authority/index.js';
import { forbidden } from '../domain/index.js';
import { isOurs, parseCredential } from '../keys/index.js';
import type { ApiKeyRow } from '../keys/ApiKeyRow.js';
import type { RateLimits, RateLimitState } from '../rateLimits/index.js';
import type { UseLog } from '../usage/index.js';
import { Attempt } from './Attempt.js';
import { asked, questionOf } from './asked.js';
import { ImportedLookup } from './ImportedLookup.js';
import type { ImportedSecrets } from './ImportedSecrets.js';
import { SecretStore } from './SecretStore.js';
import { answers, notFoundAnswer, type Verification } from './Verification.js';

const MOST_COST = 1_000_000_000;

export const verifyApiKeyInput = z.object({
  key: z.string(),
  ...asked,
  cost: z.int('must be a whole number').min(0, 'must not be negative').max(MOST_COST, `must be at most ${MOST_COST}`).nullish(),
});
export type VerificationQuestion = z.output<typeof verifyApiKeyInput>;

/** What answering takes beside the rows. */
export interface Answering {
  readonly rateLimits: RateLimits;
  /** Credentials that were made elsewhere. */
  readonly imported: ImportedSecrets;
  /** Where the use of keys is written. */
  readonly uses: UseLog;
}

/** A service that asks, and what its questions are answered from. */
export interface Asking {
  readonly asker: KeyFacts;
  readonly presented: Presented;
  readonly rateLimits: RateLimits;
  readonly uses: UseLog;
}

/** Whether a key's secret was right and the key is the asker's business. */
const inSphere = (asker: KeyFacts, row: ApiKeyRow): boolean =>
  row.organizationId === asker.home.organizationId && (asker.home.kind === 'ORGANIZATION' || row.namespaceId === asker.home.id);

/** Refuses whoever may not ask: asking is for services, with a key that holds `apiKey:verify` in its home. */
async function askingKey(act: Act): Promise<KeyFacts> {
  const caller = await act.caller();
  const verify = permission('apiKey:verify');
  if (caller.kind !== 'KEY' || !usable(caller, caller.key.home).has(verify)) {
    throw forbidden('Verification is for services: ask with an API key that holds apiKey:verify.', [verify]);
  }
  return caller.key;
}

/** Finds the keys of presented credentials, all of one request together. */
export class Presented {
  private readonly secrets: SecretStore;
  private readonly imported: ImportedLookup;

  constructor(act: Act, imported: ImportedSecrets) {
    this.secrets = new SecretStore(act.rows);
    this.imported = new ImportedLookup(act.rows, act.principal.organizationId, imported);
  }

  /** The id of the key that an old credential is of, or null. */
  async importedKeyIdOf(text: string): Promise<string | null> {
    return isOurs(text) ? null : this.imported.keyIdOf(text);
  }

  /**
   * The key's row if it lives and the secret is right, else null. `onWrong` is told of the key whose secret it is not, with
   * its digest; null: an old credential, known to be retired.
   */
  async keyOf(
    text: string,
    importedKeyId: string | null,
    now: Date,
    onWrong: (key: ApiKeyRow, digest: Buffer | null) => void,
  ): Promise<ApiKeyRow | null> {
    if (importedKeyId !== null) return this.secrets.importedKey(importedKeyId, now, (key) => onWrong(key, null));
    const parsed = parseCredential(text);
    return parsed && this.secrets.keyOf(parsed, now, (key) => onWrong(key, parsed.digest));
  }
}

/** Answers a service that asks about one key. */
export async function verifyApiKey(act: Act, answering: Answering, question: VerificationQuestion): Promise<Verification> {
  const asking = await askingOf(act, answering);
  return answerQuestion(act, asking, await compared(act, asking, question));
}

/** What all questions of one request are answered from. */
export async function askingOf(act: Act, { rateLimits, imported, uses }: Answering): Promise<Asking> {
  return { asker: await askingKey(act), presented: new Presented(act, imported), rateLimits, uses };
}

/** A question, once its credential was compared with those that were made elsewhere. */
export interface Compared {
  readonly question: VerificationQuestion;
  readonly attempt: Attempt;
  readonly importedKeyId: string | null;
}

/** Compares first, before anything is decided or taken: comparing may wait, long or in vain, and instants pass meanwhile. */
export async function compared(act: Act, { presented, uses }: Asking, question: VerificationQuestion): Promise<Compared> {
  const attempt = new Attempt(uses, act.requestId, presentedFor(question));
  return { question, attempt, importedKeyId: await presented.importedKeyIdOf(question.key) };
}

/**
 * Answers one question: parse and checksum, id and secret, the asker's sphere, the gates of authority in their order,
 * and last the rate limit, of which a refusal before it takes nothing.
 */
export async function answerQuestion(act: Act, asking: Asking, { question, attempt, importedKeyId }: Compared): Promise<Verification> {
  const { asker, presented, rateLimits } = asking;
  const began = act.clock();
  const row = await presented.keyOf(question.key, importedKeyId, began, (key, digest) => {
    if (!inSphere(asker, key)) return;
    if (digest) attempt.wrongSecret(key, digest, began);
    else attempt.retiredSecret(key, began);
  });
  if (!row || !inSphere(asker, row)) return notFoundAnswer;

  const toAsk = await questionOf(act, asker.environment, question);
  const key = await act.facts.keyOf(row, toAsk.namespace ? [toAsk.namespace.id] : []);
  if (!key) return notFoundAnswer;

  const shut = firstShut(key, toAsk);
  const taken = key.rateLimit && (await rateLimits.take(key.id, key.rateLimit, shut ? 0 : (question.cost ?? 1)));
  const verification = answer(row, key, toAsk, shut ?? (taken?.fits === false ? 'RATE_LIMITED' : null), taken?.state ?? null);
  attempt.answered(row, verification.code, verification.httpStatus, new Date(toAsk.now), question.cost !== 0);
  return verification;
}

/** What the key was presented for, as its log tells it. */
const presentedFor = ({ permissions, resource, clientIp }: VerificationQuestion) => ({
  requestedPermissions: permissions,
  resource: resource ? `${resource.type}:${resource.id}` : undefined,
  clientIp: clientIp ?? undefined,
});

function answer(
  row: ApiKeyRow,
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
    apiKeyId: row.id,
    name: row.name,
    namespaceId: row.namespaceId,
    organizationId: row.organizationId,
    userId: row.userId,
    environment: row.environment,
    expiresAt: row.expiresAt,
    restrictions: row.restrictions,
    metadata: row.metadata,
  };
  if (refusal) {
    const missingPermissions = refusal === 'INSUFFICIENT_PERMISSIONS' ? missingThere(key, question) : [];
    return { ...about, valid: false, code: refusal, missingPermissions, effectivePermissions: [] };
  }
  // The one place where a key is said to be valid.
  return { ...about, valid: true, code: 'VALID', missingPermissions: [], effectivePermissions: [...effectiveThere(key, question)].sort() };
}
