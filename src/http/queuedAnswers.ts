import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Answers that wait for others on their connections. */
const queued = new WeakMap<Socket, Set<ServerResponse>>();

/**
 * Sees to it that an answer is told of the end of its connection, where it stands behind others on it (pipelining): Node 22 tells only
 * the one in front, and whoever counts the others would count them for ever. Later versions tell all.
 */
export function seeToClose({ socket }: IncomingMessage, response: ServerResponse): void {
  // The one in front has the connection.
  if (response.socket) return;
  const waiting = queued.get(socket) ?? begin(socket);
  waiting.add(response);
  response.once('close', () => waiting.delete(response));
}

function begin(socket: Socket): Set<ServerResponse> {
  const waiting = new Set<ServerResponse>();
  queued.set(socket, waiting);
  // Node first: those that it has told are in it no more.
  socket.once('close', () => setImmediate(tell, waiting));
  return waiting;
}

function tell(waiting: ReadonlySet<ServerResponse>): void {
  for (const each of waiting) {
    each.destroyed = true;
    each.emit('close');
  }
}
