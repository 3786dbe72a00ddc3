import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

const GIVEN = /^[A-Za-z0-9_-]{8,64}$/;
const DRAWN = 24;
const COUNTED = 12;

/** Drawn once for this process; its requests are counted behind it. */
const drawn = randomUUID().slice(0, DRAWN);
let count = 0;

/** Tells one request from all others, here and on other replicas. It is no secret: the next one can be guessed. */
function newRequestId(): string {
  count += 1;
  return drawn + count.toString(16).padStart(COUNTED, '0');
}

/** A caller may name its request, so that its log and ours can be read side by side; nothing is decided by it. */
export function requestIdOf({ 'x-request-id': given }: IncomingHttpHeaders): string {
  return typeof given === 'string' && GIVEN.test(given) ? given : newRequestId();
}

/** The headers of every answer, beside the id of its request. */
export const shield = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' } as const;
