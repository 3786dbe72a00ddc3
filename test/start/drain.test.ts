import { once } from 'node:events';
import { Agent, request as send } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { crowding } from '../support/crowding.js';
import { type ServiceProcess, StartFolder } from './serviceProcess.js';

const PASSWORD = 'correct horse battery';

let folder: StartFolder;

beforeEach(async () => {
  folder = await StartFolder.make();
});
afterEach(() => folder.remove());

const start = (settings: Readonly<Record<string, string>> = {}): ServiceProcess =>
  folder.start({ settings: { BOOTSTRAP_PASSWORD: PASSWORD, ...settings } });

const cheap = '{ __typename }';
const dear = `mutation { signIn(input: { email: "owner@localhost", password: "${PASSWORD}" }) { accessToken } }`;

/** Clients that ask again as soon as they are answered, each on a connection that it keeps for as long as it may. */
class Load {
  answered = 0;
  /** Answers that ended their connection. */
  sentAway = 0;
  readonly failures: string[] = [];
  private readonly clients: Promise<void>[];

  constructor(
    private readonly base: string,
    queries: readonly string[],
  ) {
    this.clients = queries.map((query) => this.client(query));
  }

  /** Waits until nobody can connect any more, which is how each client ends. */
  async ended(): Promise<void> {
    await Promise.all(this.clients);
  }

  private async client(query: string): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (;;) {
      const outcome = await this.ask(agent, query);
      // Nothing was sent to anybody.
      if (outcome === 'ECONNREFUSED') break;
      if (outcome === '200') this.answered += 1;
      else this.failures.push(outcome);
      if (this.failures.length > 10) break;
    }
    agent.destroy();
  }

  private ask(agent: Agent, query: string): Promise<string> {
    return new Promise((resolve) => {
      const options = { agent, method: 'POST', headers: { 'content-type': 'application/json' } };
      const asked = send(`${this.base}/graphql`, options, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('error', (error) => resolve(error.message));
        response.on('end', () => {
          if (response.headers.connection === 'close') this.sentAway += 1;
          const right = response.statusCode === 200 && /"(__typename|accessToken)":"/.test(text);
          resolve(right ? '200' : `${response.statusCode} ${text}`);
        });
      });
      asked.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      asked.end(JSON.stringify({ query }));
    });
  }
}

const statusOf = async (url: string): Promise<number> => (await fetch(url)).status;

describe('SIGTERM under load', () => {
  it.each([1, 0])('leaves no request without its answer, with a pause of %i s', async (seconds) => {
    // On a crowded machine clients need longer to come back as well.
    const service = start({ BAILIWICK_DRAIN_SECONDS: String(Math.ceil(seconds * crowding())) });
    const base = await service.ready();
    const load = new Load(base, [...Array<string>(12).fill(cheap), dear, dear]);
    await service.until(() => (load.answered > 300 ? true : undefined));
    const before = load.answered;
    const ended = service.stop('SIGTERM');
    await load.ended();
    const { code, milliseconds } = await ended;
    expect(load.failures).toEqual([]);
    expect(load.answered).toBeGreaterThan(before);
    expect(load.sentAway).toBeGreaterThanOrEqual(14);
    expect([code, service.stderr]).toEqual([0, '']);
    expect(milliseconds).toBeLessThan(60_000);
  });

  it('is told by /readyz first, while everything is still answered, and by sockets with 1001', async () => {
    const service = start({ BAILIWICK_DRAIN_SECONDS: '2' });
    const base = await service.ready();
    expect(await statusOf(`${base}/readyz`)).toBe(200);
    const socket = new WebSocket(`${base.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    await once(socket, 'open');
    const closed = once(socket, 'close') as Promise<[number, Buffer]>;
    const ended = service.stop('SIGTERM');
    while ((await statusOf(`${base}/readyz`)) === 200) await delay(5);
    const told = await fetch(`${base}/readyz`);
    expect([told.status, await told.json()]).toMatchObject([503, { status: 'draining', database: 'up', migrations: 'current' }]);
    expect(await statusOf(`${base}/livez`)).toBe(200);
    const answer = await fetch(`${base}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: cheap }),
    });
    expect([answer.status, await answer.json()]).toEqual([200, { data: { __typename: 'Query' } }]);
    const [code, reason] = await closed;
    expect([code, reason.toString()]).toEqual([1001, 'Going away']);
    expect(await ended).toMatchObject({ code: 0 });
  });
});

describe('the end', () => {
  it('comes at once with a second signal', async () => {
    const service = start({ BAILIWICK_DRAIN_SECONDS: '300' });
    const base = await service.ready();
    service.child.kill('SIGTERM');
    while ((await statusOf(`${base}/readyz`)) === 200) await delay(5);
    expect(await service.stop('SIGINT')).toMatchObject({ code: 1 });
  });

  it('does not wait from a terminal (SIGINT)', async () => {
    const service = start({ BAILIWICK_DRAIN_SECONDS: '300' });
    await service.ready();
    const began = performance.now();
    expect(await service.stop('SIGINT')).toMatchObject({ code: 0 });
    expect(performance.now() - began).toBeLessThan(5_000 * crowding());
  });

  it('is not held up by somebody who never finishes a request: they are cut off, and it says so', async () => {
    const service = start();
    const { hostname, port } = new URL(await service.ready());
    const slow = connect(Number(port), hostname);
    slow.on('error', () => undefined);
    slow.write('POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{');
    await once(slow, 'connect');
    await delay(100);
    expect(await service.stop('SIGTERM')).toMatchObject({ code: 1 });
    expect(service.stderr).toMatch(/^Bailiwick was stopped after \d+\.\d s: not all that was under way could be ended\.\n$/);
    slow.destroy();
  });
});
