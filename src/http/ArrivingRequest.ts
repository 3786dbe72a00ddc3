import { IncomingMessage } from 'node:http';

/**
 * A request whose body may be taken as it arrives. Most bodies come whole behind their headers: to go through a stream, which
 * hands them on two turns later, would take longer than to answer.
 */
export class ArrivingRequest extends IncomingMessage {
  private taken: ((piece: Buffer | null) => void) | null = null;

  /** From here on its body goes there, piece by piece, and null when all of it has come; nothing of it is read in any other way. */
  takeBody(take: (piece: Buffer | null) => void): void {
    this.taken = take;
  }

  /** The way by which Node hands on what arrives. */
  override push(piece: Buffer | null, encoding?: BufferEncoding): boolean {
    if (!this.taken) return super.push(piece, encoding);
    this.taken(piece);
    return true;
  }

  /** So does Node let go of what nobody has read, once the request is answered: there is nothing. */
  override resume(): this {
    return this.taken ? this : super.resume();
  }
}
