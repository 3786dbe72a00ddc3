import { Act } from '../../access/index.js';
import { orElse, Refusal, type Soon, whenThere } from '../../domain/index.js';
import type { Door } from '../../metrics/index.js';
import { type AnsweringAny, type VerificationQuestion, verifyCredential, type VerifiedCredential } from '../../verification/index.js';
import { type Authenticated, admitKey } from '../authenticate.js';
import { parsedOn } from '../parsedOn.js';
import { verifiedAt } from '../verified.js';
import type { Visit } from '../Visit.js';
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
export function admitService(doors: PlainDoors, request: Visit, text: string): Soon<AskingService | null> {
  const credential = parsedOn(request.raw.socket, text);
  if (!credential) return null;
  return whenThere(admitKey(doors, credential, credential.environment, request.raw, request.id), ({ principal, headers }) => {
    const act = new Act(principal, request.id, doors.clock, doors.database, doors.withdrawals, doors.quotas);
    return { act, headers };
  });
}

/** Answers the service that came through that door; where it may not ask, that is told in the trail of its tenant. */
export function answerService(
  doors: PlainDoors,
  door: Door,
  { act }: AskingService,
  question: VerificationQuestion,
): Soon<VerifiedCredential> {
  const { contexts, imported, rateLimits, sessions, uses } = doors;
  const answering: AnsweringAny = { contexts, imported, rateLimits, sessions, uses };
  const answer = orElse(
    () => verifyCredential(act, answering, question),
    (error) => {
      if (error instanceof Refusal && error.reason.code === 'FORBIDDEN') noteDenial(doors, act, error);
      throw error;
    },
  );
  return whenThere(answer, (verified) => {
    verifiedAt(doors.meters, door, verified.verification.code);
    return verified;
  });
}

function noteDenial({ denials }: PlainDoors, { principal, requestId }: Act, { reason }: Refusal): void {
  denials.note({
    organizationId: principal.organizationId,
    action: 'verifyApiKey',
    targetId: null,
    namespaceId: null,
    reason: reason.message,
    actorId: principal.userId,
    actorApiKeyId: principal.kind === 'KEY' ? principal.keyId : null,
    requestId,
  });
}
