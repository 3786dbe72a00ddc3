import type { IncomingHttpHeaders } from 'node:http';
import { refuseRequest } from './errors.js';

/** 1 to 255 visible ASCII characters, as they come (draft-ietf-httpapi-idempotency-key-header). */
const FORM = /^[\x21-\x7e]{1,255}$/;

/** The `Idempotency-Key` of a request, or null. Sent twice it comes as one text with a space in it, and is malformed. */
export function idempotencyKeyOf(headers: IncomingHttpHeaders): string | null {
  const given = headers['idempotency-key'];
  if (given === undefined) return null;
  if (typeof given === 'string' && FORM.test(given)) return given;
  throw refuseRequest(
    400,
    'BAD_REQUEST',
    'Idempotency-Key must be 1 to 255 visible ASCII characters without spaces, sent once: take a UUID.',
  );
}
