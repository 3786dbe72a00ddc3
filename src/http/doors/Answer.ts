import type { ServerResponse } from 'node:http';
import { shield } from '../requestId.js';

/** Headers as they are written: names and values in turn. */
export type HeaderLines = readonly string[];
type Headers = HeaderLines | Readonly<Record<string, string>>;

const areLines = (headers: Headers): headers is HeaderLines => Array.isArray(headers);

/** Headers as lines. */
export function linesOf(headers: Headers): HeaderLines {
  if (areLines(headers)) return headers;
  const lines: string[] = [];
  for (const [name, value] of Object.entries(headers)) lines.push(name, value);
  return lines;
}

/** What a plain door answers. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

// What a credential is good for is never kept on the way: it may end within the second.
const KEPT_BY_NOBODY = linesOf({ ...shield, 'cache-control': 'no-store' });

/** Hands an answer to the connection, all at once. */
export function write(response: ServerResponse, requestId: string, { status, headers, body }: Answer, isLast: boolean): void {
  const length = body === '' ? 0 : Buffer.byteLength(body);
  const lines = ['x-request-id', requestId, 'content-length', String(length), ...KEPT_BY_NOBODY, ...linesOf(headers)];
  if (isLast) lines.push('connection', 'close');
  // In ASCII both are the same bytes, and those of Latin-1 are made in less time.
  response.writeHead(status, lines).end(body, length === body.length ? 'latin1' : 'utf8');
}
