import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { hangUpOnSilence } from '../../src/http/hangUpOnSilence.js';

const SILENCE_MS = 300;
/** How late a busy machine may be. */
const LATE_MS = 20_000;

let server: Server;
const sockets: Socket[] = [];
const timers: NodeJS.Timeout[] = [];

/** Does it again and again, in far less time than anybody may be silent for. */
const often = (work: () => unknown): void => void timers.push(setInterval(work, SILENCE_MS / 150));

async function connected(): Promise<Socket> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => undefined);
  sockets.push(socket);
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket.resume();
}

const closed = (socket: Socket): Promise<void> => new Promise((resolve) => socket.once('close', () => resolve()));

/** More than the buffers of both ends take. */
const LONG = Buffer.alloc(128 * 1024 * 1024);

beforeEach(async () => {
  server = createServer((request, response) => {
    if (request.url === '/long') {
      response.end(LONG);
      return;
    }
    often(() => response.write('more '));
  });
  hangUpOnSilence(server, SILENCE_MS);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  timers.splice(0).forEach(clearInterval);
  for (const socket of sockets.splice(0)) socket.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('whoever says nothing is hung up on, once the time is over', async () => {
  const began = performance.now();
  await closed(await connected());
  expect(performance.now() - began).toBeGreaterThan(SILENCE_MS * 0.9);
  expect(performance.now() - began).toBeLessThan(SILENCE_MS * 1.1 + LATE_MS);
  const spoke = await connected();
  spoke.write('GET');
  const silentSince = performance.now();
  await closed(spoke);
  expect(performance.now() - silentSince).toBeGreaterThan(SILENCE_MS * 0.9);
  expect(performance.now() - silentSince).toBeLessThan(SILENCE_MS * 1.1 + LATE_MS);
});

test('whoever is sent something, however slowly, is not, and neither is whoever sends', async () => {
  const reader = await connected();
  reader.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
  const writer = await connected();
  writer.write('POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n');
  often(() => writer.write('1\r\na\r\n'));
  for (let times = 0; times < 3; times += 1) await closed(await connected());
  expect([reader.destroyed, writer.destroyed]).toEqual([false, false]);
});

test('whoever reads nothing of a long answer is hung up on, and whoever reads it slowly is not', async () => {
  const accepted: Socket[] = [];
  server.on('request', ({ socket }) => accepted.push(socket));
  const ask = async (): Promise<Socket> => {
    const socket = (await connected()).pause();
    socket.write('GET /long HTTP/1.1\r\nhost: a\r\n\r\n');
    return socket;
  };
  const slow = await ask();
  await new Promise((resolve) => server.once('request', resolve));
  await ask();
  await new Promise((resolve) => server.once('request', resolve));
  const [ofSlow, ofIdle] = accepted as [Socket, Socket];
  often(() => slow.read());
  await closed(ofIdle);
  await closed(await connected());
  expect([ofSlow.destroyed, slow.readableEnded]).toEqual([false, false]);
});
