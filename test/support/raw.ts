import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A client that writes what it likes; all that it was told. */
export class Raw {
  told = '';
  readonly closed: Promise<unknown>;

  private constructor(readonly socket: Socket) {
    socket.setEncoding('utf8').on('data', (text: string) => (this.told += text));
    socket.on('error', () => undefined);
    this.closed = once(socket, 'close');
  }

  static async to(base: string): Promise<Raw> {
    const { hostname, port } = new URL(base);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new Raw(socket);
  }

  async until(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.told)) await once(this.socket, 'data');
  }
}
