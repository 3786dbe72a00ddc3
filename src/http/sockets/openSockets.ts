import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import { handleProtocols, makeServer, type Server } from 'graphql-ws';
import type { Logger } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import { withoutValues } from '../../database/index.js';
import { credentialHeaders } from '../credentials.js';
import type { Draining } from '../Draining.js';
import { clientError } from '../errors.js';
import { contextOf, doors, type Doors } from '../graphqlDoors.js';
import { answersOf, type SocketExtra } from './answers.js';
import { Holders } from './Holders.js';

const MOST_SOCKETS = 1_000;
/** Open at once from one address, with nobody authenticated on them yet. */
const MOST_STRANGERS = 50;
const LARGEST_MESSAGE = 64 * 1024;
/** What may wait to be sent to somebody who does not read. */
const MOST_UNREAD = 1024 * 1024;
const PING_EVERY_MS = 10_000;
const IDLE_MS = 60_000;
/** How long a closed socket waits for the other end to say so as well. */
const CLOSE_MS = 1_000;
const GOING_AWAY = 1001;
/** Types do not know closeTimeout yet. */
const options = { noServer: true, maxPayload: LARGEST_MESSAGE, handleProtocols, perMessageDeflate: false, closeTimeout: CLOSE_MS };

/**
 * Opens the same doors for subscriptions over WebSockets, in the words of graphql-ws. There are no cookies, so that a
 * foreign page brings nothing along; what a browser might send by itself is not taken from one (see `isForeign`).
 */
export function openSockets(
  server: FastifyInstance,
  schema: GraphQLSchema,
  parts: Doors & { readonly log: Logger; readonly draining: Draining },
): void {
  const { log } = parts;
  const holders = new Holders(parts);
  const told = clientError(log);
  const graphql = makeServer(answersOf({ schema, holders, told, contextOf: (id, principal) => contextOf(parts, id, principal) }));
  const sockets = new WebSocketServer(options);
  const failed = (error: unknown): void => log.warn({ err: withoutValues(error) }, 'a socket failed');
  const open = new Set<SocketExtra>();
  const strangersAt = (address: string | undefined): number =>
    [...open].filter(({ principal, knock }) => principal === null && knock.socket.remoteAddress === address).length;

  server.server.on('upgrade', (request: IncomingMessage, raw: Duplex, head: Buffer) => {
    raw.on('error', failed);
    const environment = doors[(request.url ?? '').split('?')[0] ?? ''];
    const knock = { ...credentialHeaders(request), socket: { remoteAddress: request.socket.remoteAddress } };
    if (!environment) refuse(raw, '404 Not Found');
    else if (open.size >= MOST_SOCKETS) refuse(raw, '503 Service Unavailable');
    else if (strangersAt(request.socket.remoteAddress) >= MOST_STRANGERS) refuse(raw, '429 Too Many Requests');
    else if (knock.rawHeaders.length > 0 && isForeign(request)) refuse(raw, '403 Forbidden');
    else {
      sockets.handleUpgrade(request, raw, head, (socket) => {
        const extra: SocketExtra = { socket, environment, knock, principal: null };
        open.add(extra);
        socket.once('close', () => open.delete(extra));
        attend(graphql, extra, failed);
      });
    }
  });
  // An upgraded connection is no longer the HTTP server's: it would wait for it without end.
  const end = (): void => {
    holders.stop();
    // From here on an upgrade is refused with 503.
    sockets.close();
    for (const socket of sockets.clients) {
      socket.close(GOING_AWAY, 'Going away');
      setTimeout(() => socket.terminate(), 500).unref();
    }
  };
  parts.draining.endsWith(end);
  server.addHook('preClose', (done) => {
    end();
    done();
  });
}

/** Answers and hangs up: a connection half closed would stay for as long as the other end likes. */
function refuse(raw: Duplex, status: string): void {
  raw.once('finish', () => raw.destroy());
  raw.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** Whether a page of another host opens the socket. */
function isForeign({ headers: { origin, host } }: IncomingMessage): boolean {
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}

/** Serves one socket: hands its messages to graphql-ws, sees that it is alive and used, and ends it cleanly. */
function attend(graphql: Server<SocketExtra>, extra: SocketExtra, failed: (error: unknown) => void): void {
  const { socket } = extra;
  let heard = true;
  let usedAt = performance.now();
  let open = 0;
  const used = (more: number): void => {
    open += more;
    usedAt = performance.now();
  };
  const beat = setInterval(() => {
    const idle = open === 0 && performance.now() - usedAt > IDLE_MS;
    if (!heard || socket.bufferedAmount > MOST_UNREAD) socket.terminate();
    else if (idle) socket.close(1000, 'Nothing was subscribed to');
    else socket.ping();
    heard = false;
  }, PING_EVERY_MS).unref();
  socket.on('pong', () => (heard = true));
  socket.on('error', failed);
  const closed = graphql.opened(
    {
      protocol: socket.protocol,
      send: (data) => sendTo(socket, data),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (take) => {
        socket.on('message', (data: Buffer) => {
          used(1);
          take(data.toString('utf8'))
            .catch((error: unknown) => {
              failed(error);
              socket.close(1011, 'Internal error');
            })
            .finally(() => used(-1));
        });
      },
    },
    extra,
  );
  socket.once('close', (code, reason) => {
    clearInterval(beat);
    closed(code, reason.toString('utf8')).catch(failed);
  });
}

/**
 * Sends, unless the socket is closing: nobody reads it then. Who asks and does not read is hung up on: what waits for them is
 * kept in memory, and graphql-ws answers pings before anybody is authenticated.
 */
const sendTo = (socket: WebSocket, data: string): Promise<void> =>
  new Promise((resolve) => {
    if (socket.bufferedAmount > MOST_UNREAD) socket.terminate();
    if (socket.readyState === socket.OPEN) socket.send(data, () => resolve());
    else resolve();
  });
