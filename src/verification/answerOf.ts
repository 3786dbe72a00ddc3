import { effectiveThere, type GateCode, type KeyFacts, type KeyQuestion, missingThere } from '../authority/index.js';
import type { KeyContext } from '../contexts/index.js';
import type { RateLimitState } from '../rateLimits/index.js';
import { answers, type Verification } from './Verification.js';

/** Slots for answers that are given again and again: of keys that share one, the latest has it. */
const SLOTS = 4_096;

/**
 * A yes tells what the facts of a key are, and nothing of the question: the same facts are told by the same answer. Only the words
 * are kept, never the decision; facts that were withdrawn are asked about by nobody any more. Slots, and not the latest ones:
 * where more keys are in use than are kept, keeping in order would cost more than saying it anew.
 */
const kept = new Array<{ readonly facts: KeyFacts; readonly yes: Verification } | undefined>(SLOTS).fill(undefined);

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
    const more = { rateLimit, valid: false, code: refusal, missingPermissions, effectivePermissions: [], words: null };
    return { ...about(context, key, refusal), ...more };
  }
  const slot = context.serial % SLOTS;
  let known = kept[slot];
  if (known?.facts !== key) {
    known = { facts: key, yes: yesOf(context, key, question) };
    kept[slot] = known;
  }
  return rateLimit ? { ...known.yes, rateLimit, words: null } : known.yes;
}

/** The one place where a key is said to be valid. */
const yesOf = (context: KeyContext, key: KeyFacts, question: KeyQuestion): Verification => ({
  ...about(context, key, 'VALID'),
  rateLimit: null,
  valid: true,
  code: 'VALID',
  missingPermissions: [],
  effectivePermissions: [...effectiveThere(key, question)].sort(),
  words: {},
});

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
