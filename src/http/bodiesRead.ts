import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { ArrivingRequest } from './ArrivingRequest.js';

/** A body of its pieces: most come as one. */
const wholeOf = (pieces: readonly Buffer[]): Buffer => (pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces));

/** Takes the body of a request, and then calls with it, or with null as soon as it is more than that; what is still to come is read by nobody. */
export function takeWhole(request: ArrivingRequest, mostBytes: number, then: (body: Buffer | null) => void): void {
  const pieces: Buffer[] = [];
  let received = 0;
  request.takeBody((piece) => {
    if (piece) pieces.push(piece);
    received += piece?.length ?? 0;
    if (received > mostBytes) {
      request.leaveBody();
      then(null);
    } else if (!piece) then(wholeOf(pieces));
  });
}

/** Bodies that were read before it was known who answers. */
const bodies = new WeakMap<IncomingMessage, Buffer>();

/** Hands a body on to whoever answers the request. */
export const handOn = (request: IncomingMessage, body: Buffer): void => void bodies.set(request, body);

/** The body of a request whose own was read already. */
export function handedOn(request: IncomingMessage): Readable | null {
  const body = bodies.get(request);
  if (!body) return null;
  bodies.delete(request);
  // Readable.from would take the steps of an asynchronous iterator for the one piece that there is.
  const stream = new Readable({ read: () => undefined });
  stream.push(body);
  stream.push(null);
  return stream;
}
