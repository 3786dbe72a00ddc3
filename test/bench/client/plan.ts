/** What the client is told to do, and what it tells. */

/** A load: which requests, for how long, how many at once. */
export interface Plan {
  readonly port: number;
  /** Whole requests as they go over the wire, sent in turns. */
  readonly requests: readonly string[];
  /** Must be in every answer, which must be 200. */
  readonly expected: string;
  readonly connections: number;
  /** Measuring begins after that long, and after that many answers; after ten times as long in any case. */
  readonly warmMs: number;
  readonly warmAnswers: number;
  /** Requests a second, at instants that do not wait for answers. Left out: each connection sends the next as soon as it is answered. */
  readonly rate?: number;
}

/** Said to a client that has warmed its server, as often as wanted: load it, and measure for so long. */
export interface Turn {
  /** For so long it is loaded before: a server that had nothing to do has let go of memory that it needs under load. */
  readonly leadMs: number;
  readonly measureMs: number;
}

/** What was measured. */
export interface Load {
  readonly answers: number;
  readonly seconds: number;
}

/** An HTTP request as bytes of the wire. */
export function requestText(method: string, path: string, headers: Readonly<Record<string, string>>, body = ''): string {
  const lines = Object.entries({ host: '127.0.0.1', ...headers }).map(([name, value]) => `${name}: ${value}`);
  if (body !== '') lines.push(`content-length: ${Buffer.byteLength(body)}`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
}
