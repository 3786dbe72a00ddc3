import { type Server as HttpServer } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** How long each part of the end may take. */
export interface DrainTimes {
  /** Answers go on as ever, while whoever asks `/readyz` sends people elsewhere. */
  readonly pauseMs: number;
  /** Connections are left open on which a request may be under way to us. */
  readonly lingerMs: number;
  /** All of it; what is under way then is broken off. */
  readonly totalMs: number;
}

const LOOK_MS = 20;

/** How the HTTP server ends: nobody who has sent a request is left without its answer. */
export class Draining {
  /** The end has begun: nobody should send more. */
  began = false;
  private listening = true;
  private readonly newcomers = new WeakSet<Socket>();
  private readonly others: (() => void)[] = [];

  /** Ends other things than requests, once nobody is let in any more: they would be waited for. */
  endsWith(end: () => void): void {
    this.others.push(end);
  }

  /**
   * Whether the answer on this connection is its last. Those from before the end began are sent away at once, so that whoever
   * balances can give them to others. Who comes after that has nowhere else to go, and stays until nobody is let in any more:
   * a connection that is made while we stop to listen is lost.
   */
  sendsAway(connection: Socket): boolean {
    return this.began && (!this.listening || !this.newcomers.has(connection));
  }

  /** Answers what is asked and has been asked, and lets go; whether that was done in time. */
  async run(server: HttpServer, { pauseMs, lingerMs, totalMs }: DrainTimes): Promise<boolean> {
    const deadline = performance.now() + totalMs;
    this.began = true;
    server.on('connection', (connection: Socket) => this.newcomers.add(connection));
    await delay(pauseMs);
    this.listening = false;
    // HTTP's own `close` also breaks off connections that are idle at this instant, with a request on its way to us.
    if (server.listening) NetServer.prototype.close.call(server);
    for (const end of this.others) end();
    const lingered = performance.now() + lingerMs;
    while ((await connectionsOf(server)) > 0 && performance.now() < Math.min(lingered, deadline)) await delay(LOOK_MS);
    while ((await connectionsOf(server)) > 0 && performance.now() < deadline) {
      server.closeIdleConnections();
      await delay(LOOK_MS);
    }
    return (await connectionsOf(server)) === 0;
  }
}

const connectionsOf = (server: HttpServer): Promise<number> =>
  new Promise((resolve) => server.getConnections((error, count) => resolve(error ? 0 : count)));
