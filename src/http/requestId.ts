import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

const GIVEN = /^[A-Za-z0-9_-]{8,64}$/;
/** A caller may name its request, so that its log and ours can be read side by side; nothing is decided by it. */
export function requestIdOf({ 'x-request-id': given }: IncomingHttpHeaders): string {
  return typeof given === 'string' && GIVEN.test(given) ? given : randomUUID();
}

/** The headers of every answer, beside the id of its request. */
export const shield = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' } as const;
