import type { IncomingHttpHeaders } from 'node:http';
import { credentialOfPair, isOurs, type ParsedCredential } from '../keys/index.js';
import { refuseRequest } from './errors.js';
import { parsedOn } from './parsedOn.js';

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

const carriesCredential = (name: string): boolean => (name.length === 9 || name.length === 13) && /^(authorization|x-api-key)$/i.test(name);

/** Those headers of a request that carry credentials. */
export function credentialHeaders({ rawHeaders, headers: { authorization, 'x-api-key': key } }: CredentialHeaders): CredentialHeaders {
  return {
    rawHeaders: rawHeaders.filter((_, index) => carriesCredential(rawHeaders[index - (index % 2)] ?? '')),
    headers: { ...(authorization !== undefined && { authorization }), ...(key !== undefined && { 'x-api-key': key }) },
  };
}

/** Reads the credential of a request on that connection from its headers, never from its URL. Two at once are refused (R85). */
export function presented(request: CredentialHeaders, connection: object): Presented {
  const shown = shownBy(request);
  if (shown === null) return { kind: 'NOTHING' };
  const { text, mayBeToken } = shown;
  if (mayBeToken && !isOurs(text)) return { kind: 'TOKEN', token: text };
  return { kind: 'KEY', credential: parsedOn(connection, text) };
}

/** The credential of a request as one text, whatever it is and whoever made it; null where there is none. Two at once are refused (R85). */
export const presentedText = (request: CredentialHeaders): string | null => shownBy(request)?.text ?? null;

/** What stands in the header that carries a credential; empty where it can be none. */
interface Shown {
  readonly text: string;
  /** In this place access tokens are accepted as well. */
  readonly mayBeToken: boolean;
}

function shownBy(request: CredentialHeaders): Shown | null {
  const { rawHeaders, headers } = request;
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) if (carriesCredential(rawHeaders[index] ?? '')) count += 1;
  if (count === 0) return null;
  if (count > 1) {
    throw refuseRequest(
      400,
      'BAD_REQUEST',
      'The request carries more than one credential: send exactly one, in Authorization or in X-API-Key.',
    );
  }
  const key = headers['x-api-key'];
  if (typeof key === 'string') return { text: key.length > LONGEST ? '' : key, mayBeToken: false };
  return fromAuthorization(headers.authorization ?? '');
}

function fromAuthorization(value: string): Shown {
  const [, scheme, rest] = /^(bearer|basic) +(\S+)$/i.exec(value) ?? [];
  if (!scheme || !rest || rest.length > LONGEST) {
    throw refuseRequest(401, 'UNAUTHENTICATED', 'Write the header as `Authorization: Bearer <access token or API key>`.', challenge);
  }
  if (scheme.toLowerCase() === 'bearer') return { text: rest, mayBeToken: true };
  const [id, ...secret] = Buffer.from(rest, 'base64').toString('utf8').split(':');
  return { text: credentialOfPair(unescaped(id ?? ''), unescaped(secret.join(':'))) ?? '', mayBeToken: false };
}

/** RFC 6749, section 2.3.1: OAuth clients escape both halves as in a form. Neither of ours holds a `%` or a `+` itself. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

/** RFC 6750: how to authenticate, told where what was presented is no good. */
export const challenge = { 'www-authenticate': 'Bearer realm="bailiwick", error="invalid_token"' };
