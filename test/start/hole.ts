import { connect, createServer, type Server, type Socket } from 'node:net';

/** A way to a server that swallows, when it is told to, whatever is sent on it: connections stay, and nothing comes back. */
export class Hole {
  /** Swallows all that the server sends, and lets no more through to it. */
  closed = false;
  /** Once a connection has sent each of these, one after the other, the hole is closed: the last of them is let through. */
  closesBehind: readonly string[] | null = null;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async before(target: number): Promise<Hole> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const hole = new Hole(server, (server.address() as { port: number }).port);
    server.on('connection', (client: Socket) => hole.join(client, target));
    return hole;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Resets all connections, as a server does that was killed under them. */
  reset(): void {
    for (const socket of this.sockets) socket.resetAndDestroy();
    this.sockets.clear();
  }

  private join(client: Socket, target: number): void {
    const onward = connect(target, '127.0.0.1');
    for (const socket of [client, onward]) this.sockets.add(socket.on('error', () => undefined));
    let behind = this.closesBehind;
    let seen = 0;
    client.on('data', (data) => {
      if (this.closed) return;
      onward.write(data);
      if (behind !== this.closesBehind) [behind, seen] = [this.closesBehind, 0];
      if (behind === null) return;
      while (seen < behind.length && data.includes(behind[seen] as string)) seen += 1;
      if (seen === behind.length) this.closed = true;
    });
    onward.on('data', (data) => {
      if (!this.closed) client.write(data);
    });
    client.on('close', () => onward.destroy());
    onward.on('close', () => {
      if (!this.closed) client.destroy();
    });
  }
}
