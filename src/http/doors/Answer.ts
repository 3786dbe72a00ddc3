import type { ServerResponse } from 'node:http';
import { shieldOf } from '../requestId.js';

/** What a plain door answers. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Hands an answer to the connection, all at once. */
export function write(response: ServerResponse, requestId: string, { status, headers, body }: Answer, isLast: boolean): void {
  const lines: string[] = [];
  const add = (more: Readonly<Record<string, string>>): void => {
    for (const name in more) lines.push(name, more[name] as string);
  };
  add(shieldOf(requestId));
  // What a credential is good for is never kept on the way: it may end within the second.
  lines.push('cache-control', 'no-store');
  add(headers);
  lines.push('content-length', String(Buffer.byteLength(body)));
  if (isLast) lines.push('connection', 'close');
  response.writeHead(status, lines).end(body);
}
