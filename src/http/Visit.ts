import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { withoutValues } from '../database/index.js';
import type { Door } from '../metrics/index.js';
import type { TracedRequest } from '../traces/index.js';
import { type Attendants, GONE } from './attend.js';
import { type Answer, write } from './doors/Answer.js';
import { requestIdOf } from './requestId.js';
import type { RequestScope } from './requestScope.js';

/** What all requests on Node's own server share. */
export interface Floor {
  readonly attendants: Attendants;
  readonly log: Logger;
}

/**
 * A request on Node's own server, from its headers to its answer: what `attendRequests` does for Fastify's, but that one is counted as
 * answered once its answer has been handed to the connection.
 */
export class Visit implements RequestScope {
  readonly id: string;
  private readonly began = performance.now();
  private readonly traced: TracedRequest | null;
  /** Nothing is to be counted any more. */
  private isOver = false;

  constructor(
    private readonly floor: Floor,
    readonly raw: IncomingMessage,
    readonly response: ServerResponse,
    private readonly route: string,
    public door: Door | null = null,
  ) {
    this.id = requestIdOf(raw.headers);
    this.traced = floor.attendants.trace(raw, route);
  }

  /** Runs what follows as a part of its trace, where requests are traced. */
  run(next: () => void): void {
    if (this.traced) this.traced.run(next);
    else next();
  }

  /** Its answer comes later: until then its sender may go. */
  waits(): void {
    this.response.on('close', () => this.count(GONE));
  }

  /** It is somebody else's after all, who counts it. */
  handOn(): void {
    this.isOver = true;
  }

  /** Hands its answer to the connection, or breaks that off where there is none. Where nobody waits for it any more, nothing is sent. */
  leaveWith(answer: Answer | null): void {
    const { floor, response } = this;
    if (!answer) response.destroy();
    if (answer && !response.destroyed) {
      try {
        write(response, this.id, answer, floor.attendants.isLast(this.raw));
        this.count(answer.status);
      } catch (error) {
        floor.log.error({ requestId: this.id, err: withoutValues(error) }, 'an answer could not be sent');
        response.destroy();
      }
    }
    floor.attendants.leaveWith(response);
  }

  private count(status: number): void {
    if (this.isOver) return;
    this.isOver = true;
    this.floor.attendants.meters.answered(this.route, status, this.door, (performance.now() - this.began) / 1_000);
    this.traced?.end(status);
  }
}
