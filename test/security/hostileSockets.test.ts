import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type ClientOptions, WebSocket } from 'ws';
import { until } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';
import { exchange } from './support/exchange.js';

let service: Service;
const open: (Socket | WebSocket)[] = [];

beforeEach(async () => {
  service = await startService();
});
afterEach(async () => {
  for (const one of open.splice(0))
    if (one instanceof WebSocket) one.terminate();
    else one.destroy();
  await service.stop();
});

/** A socket that speaks graphql-ws, and says nothing by itself. */
async function silentSocket(more: ClientOptions = {}): Promise<WebSocket> {
  const socket = new WebSocket(`${service.url.replace('http', 'ws')}/graphql`, ['graphql-transport-ws'], more);
  open.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'open');
  return socket;
}
/** A connection that never hangs up by itself. */
async function connection(): Promise<Socket> {
  const { hostname, port } = new URL(service.url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  open.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}
const upgrade = (path: string): string =>
  `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n`;
const answerOf = async (socket: Socket): Promise<string> =>
  ((await once(socket, 'data')) as [Buffer])[0].toString('latin1').split('\r\n')[0]!;
const connections = (): Promise<number> =>
  new Promise((resolve, reject) => service.app.server.server.getConnections((error, count) => (error ? reject(error) : resolve(count))));

describe('who never reads what they ask for', () => {
  const MiB = 1024 * 1024;
  const words = JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(60_000) } });
  test('is hung up on, before anybody is authenticated', async () => {
    const socket = await silentSocket();
    socket.pause();
    const sent = (): Promise<boolean> => new Promise((resolve) => socket.send(words, (error) => resolve(!error)));
    let asked = 0;
    // What the two ends of a connection hold in between is some MiB.
    while (asked < 64 * MiB && (await sent())) asked += words.length;
    expect(asked).toBeLessThan(64 * MiB);
  });
});

describe('who is refused', () => {
  test('does not keep the service from stopping', async () => {
    const refused = await connection();
    refused.write(`${upgrade('/nothing')}\r\n`);
    expect(await answerOf(refused)).toBe('HTTP/1.1 404 Not Found');
    await until(async () => ((await connections()) === 0 ? true : undefined));
  });

  test('for a credential that is no good is gone shortly, also where they never say goodbye', async () => {
    const socket = await silentSocket();
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: 'Bearer nothing' } }));
    socket.pause();
    await until(async () => ((await connections()) === 0 ? true : undefined), 10_000);
  });

  test('because the service stops is told so: no socket is opened any more', async () => {
    const late = await connection();
    late.write(upgrade('/graphql'));
    await until(async () => ((await connections()) === 1 ? true : undefined));
    const stopped = service.app.server.close();
    await until(() => Promise.resolve(service.app.server.server.listening ? undefined : true));
    late.write('\r\n');
    expect(await answerOf(late)).toBe('HTTP/1.1 503 Service Unavailable');
    await stopped;
  });
});

describe('who nobody knows yet', () => {
  test('has fifty sockets from one address at most; others have theirs', async () => {
    await Promise.all(Array.from({ length: 50 }, () => silentSocket()));
    await expect(silentSocket()).rejects.toThrow('429');
    expect((await silentSocket({ localAddress: '127.0.0.2' })).readyState).toBe(WebSocket.OPEN);
  });
});

describe('an upgrade to something else', () => {
  test.each(['h2c', 'TLS/1.0', 'websocket/13', 'nothing'])('to %s is a usual request, and answered as one', async (to) => {
    const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: to, 'http2-settings': 'AAMAAABkAAQAAP__' };
    const body = JSON.stringify({ query: '{ __typename }' });
    expect(await exchange(service.url, { headers, body })).toMatchObject({ status: 200, text: '{"data":{"__typename":"Query"}}\n' });
    expect(await exchange(service.url, { method: 'GET', path: '/livez', headers })).toMatchObject({ status: 200 });
  });
});
