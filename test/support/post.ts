import { Agent } from 'node:http';
import { urlToHttpOptions } from 'node:url';
import { send } from './send.js';

/** What was answered, as `fetch` has it. */
export interface Received {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Keeps its connections, as `fetch` does. */
const agent = new Agent({ keepAlive: true });

/** Told of every answer to what is posted here. */
export const hearers = new Set<(url: string, received: Received) => void>();

/** Posts a body and reads the answer, as `fetch` does in twice the time: a tenth of what tests of whole requests cost. */
export async function post(url: string, body: string, headers: Readonly<Record<string, string>>): Promise<Received> {
  const { status, rawHeaders, text } = await send({ ...urlToHttpOptions(new URL(url)), agent, method: 'POST', headers }, body);
  const told = new Headers();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) told.append(rawHeaders[at]!, rawHeaders[at + 1]!);
  const received = { status, headers: told, text };
  for (const hear of hearers) hear(url, received);
  return received;
}
