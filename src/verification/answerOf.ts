import { LRUCache } from 'lru-cache';
import { effectiveThere, type GateCode, type KeyFacts, type KeyQuestion, missingThere } from '../authority/index.js';
import type { KeyContext } from '../contexts/index.js';
import type { RateLimitState } from '../rateLimits/index.js';
import { answers, type Verification } from './Verification.js';

const MOST_KEPT = 10_000;

/**
 * A yes tells what the facts of a key are, and nothing of the question: the same facts are told by the same answer. Only the words
 * are kept, never the decision; facts that were withdrawn are asked about by nobody any more.
 */
const yes = new LRUCache<KeyFacts, Verification>({ max: MOST_KEPT });

/** Says what was decided about a key. */
export function answerOf(
  context: KeyContext,
  key: KeyFacts,
  question: KeyQuestion,
  refusal: GateCode | 'RATE_LIMITED' | null,
  rateLimit: RateLimitState | null,
): Verification {
  if (refusal) {
    const missingPermissions = refusal === 'INSUFFICIENT_PERMISSIONS' ? missingThere(key, question) : [];
    return { ...about(context, key, refusal), rateLimit, valid: false, code: refusal, missingPermissions, effectivePermissions: [] };
  }
  let said = yes.get(key);
  if (!said) {
    const effectivePermissions = [...effectiveThere(key, question)].sort();
    // The one place where a key is said to be valid.
    said = { ...about(context, key, 'VALID'), rateLimit: null, valid: true, code: 'VALID', missingPermissions: [], effectivePermissions };
    yes.set(key, said);
  }
  return rateLimit ? { ...said, rateLimit } : said;
}

function about(context: KeyContext, key: KeyFacts, code: GateCode | 'RATE_LIMITED' | 'VALID') {
  const [httpStatus, message] = answers[code];
  return {
    httpStatus,
    message,
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
}
