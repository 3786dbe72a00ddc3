import type { FastifyRequest } from 'fastify';
import { Act } from '../../access/index.js';
import { Refusal } from '../../domain/index.js';
import { parseCredential } from '../../keys/index.js';
import type { Door } from '../../metrics/index.js';
import { type AnsweringAny, type VerificationQuestion, verifyCredential, type VerifiedCredential } from '../../verification/index.js';
import { type Authenticated, admitKey } from '../authenticate.js';
import { verifiedAt } from '../verified.js';
import type { PlainDoors } from './PlainDoors.js';

/** The service that asks: what it does under its own key, and what the answer says about that key's limit. */
export interface AskingService {
  readonly act: Act;
  readonly headers: Authenticated['headers'];
}

/**
 * Lets a service in with its own key, of whatever environment: it asks within that. Null where the credential is none that
 * this service made. Anything else that is wrong with it is refused as at every other door.
 */
export async function admitService(doors: PlainDoors, request: FastifyRequest, text: string): Promise<AskingService | null> {
  const credential = parseCredential(text);
  if (!credential) return null;
  const { principal, headers } = await admitKey(doors, credential, credential.environment, request.raw, request.id);
  return { act: new Act(principal, request.id, doors.clock, doors.database, doors.withdrawals, doors.quotas), headers };
}

/** Answers the service that came through that door; where it may not ask, that is told in the trail of its tenant. */
export async function answerService(
  doors: PlainDoors,
  door: Door,
  { act }: AskingService,
  question: VerificationQuestion,
): Promise<VerifiedCredential> {
  const { contexts, denials, imported, rateLimits, sessions, uses } = doors;
  const answering: AnsweringAny = { contexts, imported, rateLimits, sessions, uses };
  try {
    const verified = await verifyCredential(act, answering, question);
    verifiedAt(doors.meters, door, verified.verification.code);
    return verified;
  } catch (error) {
    if (error instanceof Refusal && error.reason.code === 'FORBIDDEN') {
      const { principal, requestId } = act;
      denials.note({
        organizationId: principal.organizationId,
        action: 'verifyApiKey',
        targetId: null,
        namespaceId: null,
        reason: error.reason.message,
        actorId: principal.userId,
        actorApiKeyId: principal.kind === 'KEY' ? principal.keyId : null,
        requestId,
      });
    }
    throw error;
  }
}
