import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import type { Principal } from '../../access/index.js';
import type { Environment } from '../../authority/index.js';
import { authenticate, type Doorkeeper, type Knock } from '../authenticate.js';
import { notAuthenticated } from '../../graphql/GraphContext.js';
import { refuseRequest } from '../errors.js';

const CHECK_EVERY_MS = 500;
/** Open at once by one person, or with one key. */
const MOST_SOCKETS = 20;

/** A socket, and what its bearer presented: asked again and again for as long as it is open. */
interface Held {
  readonly credential: string;
  readonly environment: Environment;
  readonly knock: Knock;
  readonly bearer: string;
}

/**
 * Who holds which sockets. Each credential is asked about twice a second, once however many sockets it opened: a socket
 * whose key or session has been withdrawn is closed (R84).
 */
export class Holders {
  private readonly sockets = new Map<WebSocket, Held>();
  private readonly timer = setInterval(() => void this.checkAll(), CHECK_EVERY_MS).unref();
  private checking = false;

  constructor(private readonly keeper: Doorkeeper) {}

  /** Lets a socket in, for as long as its credential is good; refuses whoever presents none. */
  async admit(socket: WebSocket, knock: Knock, environment: Environment): Promise<Principal> {
    const { principal } = await authenticate(this.keeper, knock, environment, null);
    if (!principal) throw refuseRequest(401, 'UNAUTHENTICATED', notAuthenticated);
    const bearer = principal.kind === 'USER' ? principal.userId : principal.keyId;
    const others = [...this.sockets.values()].filter((held) => held.bearer === bearer).length;
    if (others >= MOST_SOCKETS)
      throw refuseRequest(400, 'BAD_REQUEST', `At most ${MOST_SOCKETS} sockets at once: subscribe several times on one.`);
    // It may have been closed meanwhile, and then nobody says that it leaves.
    if (socket.readyState !== socket.OPEN) throw refuseRequest(400, 'BAD_REQUEST', 'The socket is closed.');
    const credential = `${environment} ${JSON.stringify(knock.headers)}`;
    this.sockets.set(socket, { credential, environment, knock, bearer });
    return principal;
  }

  /** Counts one use of the credential; refuses once its rate limit is used up. */
  async use(socket: WebSocket): Promise<void> {
    const held = this.sockets.get(socket);
    if (held) await authenticate(this.keeper, held.knock, held.environment, randomUUID());
  }

  leave(socket: WebSocket): void {
    this.sockets.delete(socket);
  }

  /** Asks now whether a socket's credential is still good; closes it if not. */
  async check(socket: WebSocket): Promise<void> {
    const held = this.sockets.get(socket);
    if (held) await this.ask(held, [socket]);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async checkAll(): Promise<void> {
    if (this.checking) return;
    this.checking = true;
    const byCredential = Map.groupBy(this.sockets, ([, { credential }]) => credential);
    for (const held of byCredential.values()) {
      const [first] = held;
      if (first)
        await this.ask(
          first[1],
          held.map(([socket]) => socket),
        );
    }
    this.checking = false;
  }

  private async ask({ knock, environment }: Held, sockets: readonly WebSocket[]): Promise<void> {
    try {
      await authenticate(this.keeper, knock, environment, null);
    } catch (error) {
      const { code } = (error as { extensions?: { code?: unknown } }).extensions ?? {};
      // A database that is away cannot say that a credential is good, and so it is not (never a yes without one).
      const [status, reason]: readonly [number, string] = code === 'UNAUTHENTICATED' ? [4403, 'Forbidden'] : [1013, 'Try again later'];
      for (const socket of sockets) socket.close(status, reason);
    }
  }
}
