import { send } from '../../support/send.js';
import { telling } from './shown.js';

/** A request as it is: no client puts it right. */
export interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** What came back. */
export interface Received {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** The code of the first error; null where the body is none of GraphQL's. */
  readonly code: string | null;
}

/** Sends a request over plain HTTP; by default a POST of JSON to `/graphql`. */
export async function exchange(url: string, { method = 'POST', path = '/graphql', headers = {}, body }: Sent): Promise<Received> {
  const { hostname, port } = new URL(url);
  const typed = method === 'POST' && !('content-type' in headers) ? { 'content-type': 'application/json', ...headers } : headers;
  const answer = await send({ hostname, port, method, path, headers: typed, agent: false }, body);
  return { status: answer.status, headers: answer.headers, text: answer.text, code: codeOf(answer.text) };
}

function codeOf(text: string): string | null {
  try {
    const { errors } = JSON.parse(text) as { errors?: { extensions?: { code?: string } }[] };
    return errors?.[0]?.extensions?.code ?? null;
  } catch {
    return null;
  }
}

/** What an error may be made of, and nothing else (R60). */
const parts = new Set(['message', 'locations', 'path', 'extensions']);
const details = new Set(['code', 'requestId', 'field', 'missingPermissions', 'excess', 'retryAfterSeconds']);

/** The same of a plain door's problem (RFC 9457). */
const members = new Set([
  'type',
  'title',
  'status',
  'detail',
  'code',
  'requestId',
  'error',
  'missingPermissions',
  'retryAfterSeconds',
  'api_key_id',
]);

/** What an answer tells that it should not; null if nothing. */
export function indiscretion({ status, headers, text }: Received): string | null {
  if (status >= 500) return `${status}: ${text.slice(0, 300)}`;
  if (telling.test(text)) return `words from inside: ${text.slice(0, 300)}`;
  if ('server' in headers || 'x-powered-by' in headers) return 'a header that names the server';
  if (/^\s*[[{]/.test(text)) {
    if (String(headers['content-type']).startsWith('application/problem+json')) {
      const others = Object.keys(JSON.parse(text) as object).filter((key) => !members.has(key));
      return others.length > 0 ? `a problem with ${others.join(', ')}: ${text.slice(0, 300)}` : null;
    }
    const { errors = [], ...rest } = JSON.parse(text) as { errors?: Record<string, unknown>[] } & Record<string, unknown>;
    const more = errors.flatMap((error) => [
      ...Object.keys(error).filter((key) => !parts.has(key)),
      ...Object.keys(error['extensions'] ?? {}).filter((key) => !details.has(key)),
    ]);
    if (more.length > 0) return `an error with ${more.join(', ')}: ${text.slice(0, 300)}`;
    if (status >= 400 && errors.length === 0) return `a refusal in another shape: ${text.slice(0, 300)}`;
    if (errors.length > 0 && Object.keys(rest).some((key) => key !== 'data')) return `beside the errors: ${Object.keys(rest).join(', ')}`;
  }
  return null;
}
