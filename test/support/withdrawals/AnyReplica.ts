import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, answerOf, Client, type ClientOptions } from '../client.js';

/** The replicas of one service, of which some may not answer now. */
export interface Replicas {
  readonly bases: readonly string[];
  /** Whether anybody should be waiting for an answer of that one now. */
  answers(replica: number): boolean;
}

/** How an operation went that was answered at last. */
export interface Sent {
  /** Which replica has answered. */
  readonly replica: number;
  /** How long it took to answer, in milliseconds. */
  readonly took: number;
  /** When the answer was there, by `performance.now()`. */
  readonly answeredAt: number;
  /** How often it was sent before without an answer: what it was meant to do may have been done already. */
  readonly inDoubt: number;
}

const TRY_FOR_MS = 60_000;
const PAUSE_MS = 20;
const CREATE = /\{ create\w+\(/;

/** A client that asks the replicas in turn, and asks again where one is away; a create is done once for all that. */
export class AnyReplica extends Client {
  /** Of the last operation. */
  sent: Sent | null = null;
  /** How long creates took, which withdraw nothing and so wait for nobody. */
  readonly creates: { readonly took: number }[] = [];
  private turn = 0;

  constructor(
    private readonly replicas: Replicas,
    private readonly how: ClientOptions = {},
  ) {
    super('', how);
  }

  override as(credential: string, door?: ClientOptions['door']): AnyReplica {
    return new AnyReplica(this.replicas, { ...(door ? { door } : {}), headers: { authorization: `Bearer ${credential}` } });
  }

  /** The same somebody, who does something else at the same time. */
  beside(): AnyReplica {
    return new AnyReplica(this.replicas, this.how);
  }

  override async post<T>(body: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer<T>> {
    const named = { ...headers, 'idempotency-key': randomUUID() };
    const until = performance.now() + TRY_FOR_MS;
    for (let inDoubt = 0; ; inDoubt += 1) {
      const replica = this.next();
      const began = performance.now();
      const answer = await this.tryOne<T>(replica, body, named);
      const answeredAt = performance.now();
      if (answer && answer.status !== 503) {
        const took = answeredAt - began;
        this.sent = { replica, took, answeredAt, inDoubt };
        if (CREATE.test(body)) this.creates.push({ took });
        return answer;
      }
      if (answeredAt > until) throw new Error(`no replica answers: ${answer?.text ?? 'the connection broke'}`);
      await delay(PAUSE_MS);
    }
  }

  /** Null where the connection broke. */
  private async tryOne<T>(replica: number, body: string, headers: Readonly<Record<string, string>>): Promise<Answer<T> | null> {
    try {
      return await answerOf<T>(
        await fetch(`${this.replicas.bases[replica]}${this.how.door ?? '/graphql'}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...this.how.headers, ...headers },
          body,
        }),
      );
    } catch (error) {
      if (error instanceof SyntaxError) throw error;
      return null;
    }
  }

  private next(): number {
    const { bases } = this.replicas;
    for (const _ of bases) {
      this.turn = (this.turn + 1) % bases.length;
      if (this.replicas.answers(this.turn)) break;
    }
    return this.turn;
  }
}
