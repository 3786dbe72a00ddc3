import { connect, type Socket } from 'node:net';

const END_OF_HEAD = Buffer.from('\r\n\r\n');
const LENGTH = /\r\ncontent-length: (\d+)/i;

/**
 * One kept-alive connection of the client, on a bare socket: requests are bytes that were made before, and of an answer only
 * its status, its length and one telling piece are read. An HTTP client of a library costs more than some of the servers.
 */
export class Connection {
  private readonly socket: Socket;
  private received: Buffer | null = null;
  /** No request is under way. */
  idle = true;
  private closed = false;

  constructor(
    port: number,
    private readonly expected: Buffer,
    private readonly answered: (connection: Connection) => void,
    failed: (error: Error) => void,
  ) {
    this.socket = connect({ host: '127.0.0.1', port, noDelay: true });
    this.socket.on('data', (chunk: Buffer) => {
      try {
        this.read(chunk);
      } catch (error) {
        failed(error as Error);
      }
    });
    this.socket.on('error', failed);
    this.socket.on('close', () => {
      if (!this.closed) failed(new Error('the server has hung up'));
    });
  }

  send(request: Buffer): void {
    this.idle = false;
    this.socket.write(request);
  }

  close(): void {
    this.closed = true;
    this.socket.destroy();
  }

  private read(chunk: Buffer): void {
    const received = this.received ? Buffer.concat([this.received, chunk]) : chunk;
    const head = received.indexOf(END_OF_HEAD);
    const length = head < 0 ? undefined : LENGTH.exec(received.toString('latin1', 0, head))?.[1];
    if (head >= 0 && length === undefined) throw new Error(`an answer without a length: ${received.toString()}`);
    const end = head + END_OF_HEAD.length + Number(length);
    if (head < 0 || received.length < end) {
      this.received = received;
      return;
    }
    this.received = null;
    if (received.length > end || received.toString('latin1', 9, 12) !== '200' || !received.includes(this.expected))
      throw new Error(`an answer that was not expected: ${received.toString()}`);
    this.idle = true;
    this.answered(this);
  }
}
