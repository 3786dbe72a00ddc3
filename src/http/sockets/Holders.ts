import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import type { Principal } from '../../access/index.js';
import type { Environment } from '../../authority/index.js';
import { orElse } from '../../domain/index.js';
import { authenticate, type Doorkeeper, type Knock } from '../authenticate.js';
import { notAuthenticated } from '../../graphql/GraphContext.js';
import { refuseRequest } from '../errors.js';

const CHECK_EVERY_MS = 500;
/** Open at once by one person, or with one key. */
const MOST_SOCKETS = 20;
const forbidden: readonly [number, string] = [4403, 'Forbidden'];
const tryAgain: readonly [number, string] = [1013, 'Try again later'];

/** A socket, and what its bearer presented: asked again and again for as long as it is open. */
interface Held {
  readonly credential: string;
  readonly environment: Environment;
  readonly knock: Knock;
  readonly bearer: string;
  /** What the bearer was held to when the socket was opened. */
  readonly held: string;
}

/** What a principal is held to beside its rights: whoever has been held to something else since then opens another socket. */
const heldTo = (principal: Principal): string =>
  JSON.stringify(principal.kind === 'KEY' ? principal.restricted : principal.mustChangePassword);

/**
 * Who holds which sockets. Each credential is asked about twice a second, once however many sockets it opened: a socket
 * whose key or session has been withdrawn, or held to something else, is closed (R84).
 */
export class Holders {
  private readonly sockets = new Map<WebSocket, Held>();
  private readonly timer = setInterval(() => void this.checkAll(), CHECK_EVERY_MS).unref();
  private checking = false;

  constructor(private readonly keeper: Doorkeeper) {}

  /** Lets a socket in, for as long as its credential is good; refuses whoever presents none. */
  async admit(socket: WebSocket, knock: Knock, environment: Environment): Promise<Principal> {
    // What is subscribed to counts as use, the handshake does not; one that is refused leaves the same trace as any request.
    const { principal } = await orElse(
      () => authenticate(this.keeper, knock, environment, null),
      () => authenticate(this.keeper, knock, environment, randomUUID()),
    );
    if (!principal) throw refuseRequest(401, 'UNAUTHENTICATED', notAuthenticated);
    const bearer = principal.kind === 'USER' ? principal.userId : principal.keyId;
    const others = [...this.sockets.values()].filter((held) => held.bearer === bearer).length;
    if (others >= MOST_SOCKETS)
      throw refuseRequest(400, 'BAD_REQUEST', `At most ${MOST_SOCKETS} sockets at once: subscribe several times on one.`);
    // It may have been closed meanwhile, and then nobody says that it leaves.
    if (socket.readyState !== socket.OPEN) throw refuseRequest(400, 'BAD_REQUEST', 'The socket is closed.');
    // A key may be good from one address and not from another.
    const credential = JSON.stringify([environment, knock.headers, knock.socket.remoteAddress]);
    this.sockets.set(socket, { credential, environment, knock, bearer, held: heldTo(principal) });
    return principal;
  }

  /** Who uses the credential now, which counts as one use; refuses once its rate limit is used up. Null: the socket has been left. */
  async use(socket: WebSocket): Promise<Principal | null> {
    const held = this.sockets.get(socket);
    if (!held) return null;
    const { principal } = await authenticate(this.keeper, held.knock, held.environment, randomUUID());
    return principal;
  }

  leave(socket: WebSocket): void {
    this.sockets.delete(socket);
  }

  /** Asks now whether a socket's credential is still good; closes it if not. */
  async check(socket: WebSocket): Promise<void> {
    const held = this.sockets.get(socket);
    if (held) await this.ask([[socket, held]]);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async checkAll(): Promise<void> {
    if (this.checking) return;
    this.checking = true;
    const byCredential = Map.groupBy(this.sockets, ([, { credential }]) => credential);
    for (const alike of byCredential.values()) await this.ask(alike);
    this.checking = false;
  }

  /** Asks once about sockets of the same credential. */
  private async ask(alike: readonly (readonly [WebSocket, Held])[]): Promise<void> {
    const [first] = alike;
    if (!first) return;
    const [, { knock, environment }] = first;
    try {
      const { principal } = await authenticate(this.keeper, knock, environment, null);
      for (const [socket, { held }] of alike) if (!principal || heldTo(principal) !== held) socket.close(...forbidden);
    } catch (error) {
      const { code } = (error as { extensions?: { code?: unknown } }).extensions ?? {};
      // A database that is away cannot say that a credential is good, and so it is not (never a yes without one).
      const why = code === 'UNAUTHENTICATED' ? forbidden : tryAgain;
      for (const [socket] of alike) socket.close(...why);
    }
  }
}
