import { IncomingMessage } from 'node:http';

/** Who is given a body: its pieces, and null when all of it has come. */
export type TakesBody = (piece: Buffer | null) => void;

const ofNoUse: TakesBody = () => undefined;

/**
 * A request whose body may be taken as it arrives. Most bodies come whole behind their headers: to go through a stream, which
 * hands them on two turns later, would take longer than to answer.
 *
 * Once its body was taken or left it is no stream any more: it never tells `end`, and `close` only where its connection breaks, as if it had been
 * broken off. Node holds it until the next request on its connection, and with it what it refers to.
 */
export class ArrivingRequest extends IncomingMessage {
  private taken: TakesBody | null = null;

  /** From here on its body goes there. */
  takeBody(take: TakesBody): void {
    this.taken = take;
  }

  /** Nobody reads what it brings. */
  leaveBody(): void {
    this.taken = ofNoUse;
  }

  /** The way by which Node hands on what arrives. */
  override push(piece: Buffer | null, encoding?: BufferEncoding): boolean {
    const { taken } = this;
    if (!taken) return super.push(piece, encoding);
    // Whoever took the body holds it: an idle connection would hold on to both.
    if (piece === null) this.leaveBody();
    taken(piece);
    return true;
  }

  /** So does Node let go of what nobody has read, once the request is answered: there is nothing. */
  override resume(): this {
    return this.taken ? this : super.resume();
  }
}
