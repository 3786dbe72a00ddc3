import { Raw } from '../support/raw.js';
import { StartFolder } from './serviceProcess.js';

let folder: StartFolder;

beforeEach(async () => {
  folder = await StartFolder.make();
});
afterEach(() => folder.remove());

const PASSWORD = 'correct horse battery';
const body = JSON.stringify({ query: '{ __typename }' });
const head = `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;

const ask = (base: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${base}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body, ...init });

/** Keeps the service busy with sign-ins, which take a while each, until it is told to stop. */
function busyWithSignIns(base: string): { stop(): Promise<void> } {
  let stopped = false;
  const query = 'mutation { signIn(input: { email: "nobody@example.test", password: "a wrong password" }) { accessToken } }';
  const work = async (): Promise<void> => {
    while (!stopped) await (await ask(base, { body: JSON.stringify({ query }) })).text();
  };
  const workers = [work(), work(), work()];
  return {
    async stop() {
      stopped = true;
      await Promise.all(workers);
    },
  };
}

/** Somebody whose document is known by now: it is answered before Fastify and Apollo are asked. */
async function known(base: string): Promise<() => Promise<Response>> {
  const signIn = `mutation { signIn(input: { email: "owner@localhost", password: "${PASSWORD}" }) { accessToken } }`;
  const { data } = (await (await ask(base, { body: JSON.stringify({ query: signIn }) })).json()) as {
    data: { signIn: { accessToken: string } };
  };
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${data.signIn.accessToken}` };
  const again = () => ask(base, { headers, body: JSON.stringify({ query: 'mutation { __typename }' }) });
  for (const _time of ['first', 'again']) expect((await again()).status).toBe(200);
  return again;
}

it('more requests at once than are set are sent away with 503 and Retry-After, and health is told all the same', async () => {
  const service = folder.start({ settings: { BAILIWICK_MAX_REQUESTS: '1', BOOTSTRAP_PASSWORD: PASSWORD } });
  const base = await service.ready();
  const askKnown = await known(base);
  const busy = busyWithSignIns(base);
  /** Between two sign-ins there is room for a moment. */
  const sentAway = async (request: () => Promise<Response>): Promise<Response> => {
    let answer = await request();
    while (answer.status !== 503) answer = await request();
    return answer;
  };
  const answer = await sentAway(() => ask(base));
  const requestId = answer.headers.get('x-request-id');
  expect([answer.headers.get('retry-after'), await answer.json()]).toEqual([
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
  const problem = await sentAway(() => fetch(`${base}/verify`));
  expect([problem.headers.get('retry-after'), problem.headers.get('content-type')]).toEqual([
    '1',
    'application/problem+json; charset=utf-8',
  ]);
  expect(await problem.json()).toMatchObject({ status: 503, code: 'UNAVAILABLE', retryAfterSeconds: 1 });
  expect((await sentAway(askKnown)).headers.get('retry-after')).toBe('1');
  for (const path of ['/nothing', '/playground', '/.well-known/jwks.json?/livez']) await sentAway(() => fetch(`${base}${path}`));
  for (const path of ['/livez', '/readyz', '/readyz?verbose']) expect((await fetch(`${base}${path}`)).status).toBe(200);
  await busy.stop();
  expect(await (await ask(base)).json()).toEqual({ data: { __typename: 'Query' } });
});

it('whoever has sent headers and no body keeps nobody out', async () => {
  const base = await folder.start({ settings: { BAILIWICK_MAX_REQUESTS: '1' } }).ready();
  const silent = await Promise.all([1, 2, 3].map(() => Raw.to(base)));
  for (const { socket } of silent) socket.write(`${head}${body.slice(0, 5)}`);
  for (let asked = 0; asked < 5; asked += 1) expect((await ask(base)).status).toBe(200);
  // What they send later is answered, and who leaves without an answer leaves no trace.
  silent[0]!.socket.write(body.slice(5));
  await silent[0]!.until(/"__typename":"Query"/);
  for (const { socket } of silent) socket.destroy();
  expect((await ask(base)).status).toBe(200);
});

it('headers that are too large are refused', async () => {
  const base = await folder.start().ready();
  const client = await Raw.to(base);
  client.socket.write(`GET /livez HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`);
  await client.closed;
  expect(client.told).toMatch(/^HTTP\/1\.1 431 /);
});
