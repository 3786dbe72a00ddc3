import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { StartFolder } from './serviceProcess.js';

let folder: StartFolder;

beforeEach(async () => {
  folder = await StartFolder.make();
});
afterEach(() => folder.remove());

const body = JSON.stringify({ query: '{ __typename }' });
const head = `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;

/** A client that writes what it likes; all that it was told. */
class Raw {
  told = '';
  readonly closed: Promise<unknown>;

  private constructor(readonly socket: Socket) {
    socket.setEncoding('utf8').on('data', (text: string) => (this.told += text));
    socket.on('error', () => undefined);
    this.closed = once(socket, 'close');
  }

  static async to(base: string): Promise<Raw> {
    const { hostname, port } = new URL(base);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new Raw(socket);
  }

  async until(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.told)) await once(this.socket, 'data');
  }
}

const ask = (base: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${base}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body, ...init });

it('more requests at once than are set are sent away with 503 and Retry-After, and health is told all the same', async () => {
  const service = folder.start({ settings: { BAILIWICK_MAX_REQUESTS: '3' } });
  const base = await service.ready();
  const slow = await Promise.all([1, 2, 3].map(() => Raw.to(base)));
  for (const { socket } of slow) socket.write(`${head}${body.slice(0, 5)}`);
  let answer = await ask(base);
  // Until all three have come in.
  while (answer.status === 200) answer = await ask(base);
  const requestId = answer.headers.get('x-request-id');
  expect([answer.status, answer.headers.get('retry-after'), await answer.json()]).toEqual([
    503,
    '1',
    {
      errors: [
        {
          message: 'Too many requests are being answered at once. Try again shortly.',
          extensions: { code: 'UNAVAILABLE', retryAfterSeconds: 1, requestId },
        },
      ],
    },
  ]);
  const problem = await fetch(`${base}/verify`);
  expect([problem.status, problem.headers.get('retry-after'), problem.headers.get('content-type')]).toEqual([
    503,
    '1',
    'application/problem+json; charset=utf-8',
  ]);
  expect(await problem.json()).toMatchObject({ status: 503, code: 'UNAVAILABLE', retryAfterSeconds: 1 });
  for (const path of ['/nothing', '/playground', '/.well-known/jwks.json?/livez']) expect((await fetch(`${base}${path}`)).status).toBe(503);
  for (const path of ['/livez', '/readyz', '/readyz?verbose']) expect((await fetch(`${base}${path}`)).status).toBe(200);
  // Who was let in is answered, and leaves room; also who leaves without an answer does.
  slow[0]!.socket.write(body.slice(5));
  await slow[0]!.until(/"__typename":"Query"/);
  slow[1]!.socket.destroy();
  answer = await ask(base);
  while (answer.status === 503) answer = await ask(base);
  expect(await answer.json()).toEqual({ data: { __typename: 'Query' } });
  for (const { socket } of slow) socket.destroy();
});

it('who sends slowly is hung up on, at the headers and at the body', async () => {
  const base = await folder.start().ready();
  const began = performance.now();
  const [headers, whole] = await Promise.all([Raw.to(base), Raw.to(base)]);
  const drip = setInterval(() => {
    headers.socket.write('x: y\r\n');
    whole.socket.write(' ');
  }, 200);
  headers.socket.write('POST /graphql HTTP/1.1\r\nhost: x\r\n');
  whole.socket.write(`POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n`);
  await headers.closed;
  expect(performance.now() - began).toBeLessThan(20_000);
  expect(headers.told).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
  await whole.closed;
  clearInterval(drip);
  expect(performance.now() - began).toBeLessThan(45_000);
  expect(whole.told).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
}, 60_000);

it('headers that are too large are refused', async () => {
  const base = await folder.start().ready();
  const client = await Raw.to(base);
  client.socket.write(`GET /livez HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`);
  await client.closed;
  expect(client.told).toMatch(/^HTTP\/1\.1 431 /);
});
