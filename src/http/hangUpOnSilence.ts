import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Within the time that somebody may be silent for, one looks so often. */
const LOOKS = 10;

/** What had gone over a connection when it was last looked at, and how often it was that already. */
interface Seen {
  bytes: number;
  looks: number;
}

/**
 * Hangs up on whoever sends nothing and reads nothing for so long, and at most a tenth longer. Node's `server.setTimeout` says the same,
 * and makes and drops a timer for it at each request; looking at all connections now and then costs the requests nothing.
 */
export function hangUpOnSilence(server: Server, milliseconds: number): void {
  const connections = new Map<Socket, Seen>();
  server.on('connection', (socket: Socket) => {
    connections.set(socket, { bytes: -1, looks: 0 });
    socket.once('close', () => connections.delete(socket));
  });
  const timer = setInterval(() => {
    for (const [socket, seen] of connections) {
      const bytes = socket.bytesRead + socket.bytesWritten - waiting(socket);
      seen.looks = bytes === seen.bytes ? seen.looks + 1 : 0;
      seen.bytes = bytes;
      if (seen.looks >= LOOKS) socket.destroy();
    }
  }, milliseconds / LOOKS).unref();
  server.once('close', () => clearInterval(timer));
}

/** Of a long answer what is still to be read by the other end: `bytesWritten` counts it as soon as it is handed over. Node tells it nowhere else. */
function waiting(socket: Socket): number {
  const { _handle: handle } = socket as { readonly _handle?: { readonly writeQueueSize?: number } | null };
  return handle?.writeQueueSize ?? 0;
}
