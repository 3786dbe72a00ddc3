import type { IncomingHttpHeaders } from 'node:http';
import { isOurs, type ParsedCredential, parseCredential, parsePair } from '../keys/index.js';
import { refuseRequest } from './errors.js';

/** What a request presents: nothing, an access token, or an API key (null where it is malformed). */
export type Presented =
  | { readonly kind: 'NOTHING' }
  | { readonly kind: 'TOKEN'; readonly token: string }
  | { readonly kind: 'KEY'; readonly credential: ParsedCredential | null };

const LONGEST = 4_096;

/** The headers of a request, as far as credentials are concerned. */
export interface CredentialHeaders {
  /** Names and values in turn, each as often as it came. */
  readonly rawHeaders: readonly string[];
  readonly headers: IncomingHttpHeaders;
}

/** Those headers of a request that carry credentials. */
export function credentialHeaders({ rawHeaders, headers: { authorization, 'x-api-key': key } }: CredentialHeaders): CredentialHeaders {
  const carries = (index: number): boolean => /^(authorization|x-api-key)$/i.test(rawHeaders[index - (index % 2)] ?? '');
  return {
    rawHeaders: rawHeaders.filter((_, index) => carries(index)),
    headers: { ...(authorization !== undefined && { authorization }), ...(key !== undefined && { 'x-api-key': key }) },
  };
}

/** Reads the credential of a request from its headers, never from its URL. Two at once are refused (R85). */
export function presented(request: CredentialHeaders): Presented {
  const { rawHeaders, headers } = credentialHeaders(request);
  const count = rawHeaders.length / 2;
  if (count === 0) return { kind: 'NOTHING' };
  if (count > 1) {
    throw refuseRequest(
      400,
      'BAD_REQUEST',
      'The request carries more than one credential: send exactly one, in Authorization or in X-API-Key.',
    );
  }
  const key = headers['x-api-key'];
  if (typeof key === 'string') return { kind: 'KEY', credential: key.length > LONGEST ? null : parseCredential(key) };
  return fromAuthorization(headers.authorization ?? '');
}

function fromAuthorization(value: string): Presented {
  const [, scheme, rest] = /^(bearer|basic) +(\S+)$/i.exec(value) ?? [];
  if (!scheme || !rest || rest.length > LONGEST) {
    throw refuseRequest(401, 'UNAUTHENTICATED', 'Write the header as `Authorization: Bearer <access token or API key>`.', challenge);
  }
  if (scheme.toLowerCase() === 'bearer') {
    return isOurs(rest) ? { kind: 'KEY', credential: parseCredential(rest) } : { kind: 'TOKEN', token: rest };
  }
  const [id, ...secret] = Buffer.from(rest, 'base64').toString('utf8').split(':');
  return { kind: 'KEY', credential: parsePair(id ?? '', secret.join(':')) };
}

/** RFC 6750: how to authenticate, told with every 401. */
export const challenge = { 'www-authenticate': 'Bearer realm="bailiwick", error="invalid_token"' };
