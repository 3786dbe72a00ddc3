import { Agent, request } from 'node:http';

/** An HTTP answer that has been read to its end. */
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
export function post(url: string, body: string, headers: Readonly<Record<string, string>>): Promise<Received> {
  return new Promise((resolve, reject) => {
    const options = { agent, method: 'POST', headers: { ...headers, 'content-length': Buffer.byteLength(body) } };
    const sent = request(url, options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode: status = 0, rawHeaders } = response;
        const told = new Headers();
        for (let at = 0; at + 1 < rawHeaders.length; at += 2) told.append(rawHeaders[at]!, rawHeaders[at + 1]!);
        const received = { status, headers: told, text };
        for (const hear of hearers) hear(url, received);
        resolve(received);
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
