import { type Server as HttpServer } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';

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
const QUIET_MS = 1;
const QUIET_WITHIN_MS = 500;

/** How the HTTP server ends: nobody who has sent a request is left without its answer. */
export class Draining {
  private phase: 'SERVING' | 'SENDING_AWAY' | 'STAYING' | 'ENDING' = 'SERVING';
  private readonly newcomers = new WeakSet<Socket>();
  private readonly others: (() => void)[] = [];

  /** The end has begun: nobody should send more. */
  get began(): boolean {
    return this.phase !== 'SERVING';
  }

  /** Ends other things than requests, once nobody is let in any more: they would be waited for. */
  endsWith(end: () => void): void {
    this.others.push(end);
  }

  /**
   * Whether the answer on this connection is its last. In the first half of the pause those from before it are sent away, so that
   * whoever balances can give them to others; who comes back has nowhere else to go, and stays. In the second half nobody is: a
   * connection that is made in the instant in which we stop to listen is lost, with the request that was sent on it.
   */
  sendsAway(connection: Socket): boolean {
    return this.phase === 'ENDING' || (this.phase === 'SENDING_AWAY' && !this.newcomers.has(connection));
  }

  /** Answers what is asked and has been asked, and lets go; whether that was done in time. */
  async run(server: HttpServer, { pauseMs, lingerMs, totalMs }: DrainTimes): Promise<boolean> {
    const deadline = performance.now() + totalMs;
    server.on('connection', (connection: Socket) => this.newcomers.add(connection));
    if (pauseMs > 0) {
      this.phase = 'SENDING_AWAY';
      await delay(pauseMs / 2);
    }
    this.phase = 'STAYING';
    await delay(pauseMs / 2);
    await quietInstant();
    this.phase = 'ENDING';
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

/**
 * An instant right behind the event loop's look at the network, and nothing done since: who had knocked has been let in. Whoever
 * knocks between that look and the end of listening would be lost.
 */
async function quietInstant(): Promise<void> {
  const until = performance.now() + QUIET_WITHIN_MS;
  for (let began = -Infinity; performance.now() - began > QUIET_MS && performance.now() < until;) {
    await turn();
    began = performance.now();
    await turn();
  }
}

const connectionsOf = (server: HttpServer): Promise<number> =>
  new Promise((resolve) => server.getConnections((error, count) => resolve(error ? 0 : count)));
