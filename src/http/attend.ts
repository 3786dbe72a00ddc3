import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Count, Meters } from '../metrics/index.js';
import { isTraced, type TracedRequest, traceRequest } from '../traces/index.js';
import { isPlain } from './doors/openPlainDoors.js';
import { Problem, sendProblem } from './doors/problems.js';
import type { Draining } from './Draining.js';
import { healthPaths } from './health.js';
import { enterRequest, type RequestScope } from './requestScope.js';

/** What is seen to at each request. */
export interface Attendance {
  readonly draining: Draining;
  readonly meters: Meters;
  /** Requests that are answered at once; further ones are sent away. */
  readonly mostRequests: number;
}

/** The route of an address at which there is nothing. */
const NOWHERE = 'none';
const RETRY_AFTER_SECONDS = 1;
/** Of a request whose sender has gone before it was answered, as nginx has it. */
export const GONE = 499;

const TOO_MANY = 'Too many requests are being answered at once. Try again shortly.';
const retryHeaders = { 'retry-after': String(RETRY_AFTER_SECONDS) };

/** What whoever is sent away from a plain door is told. */
export const tooMany = (): Problem => new Problem(503, 'UNAVAILABLE', TOO_MANY, retryHeaders, { retryAfterSeconds: RETRY_AFTER_SECONDS });

/**
 * How many requests are under way. The bound is on them, because each of them holds memory until it is answered; how long they wait
 * for the event loop follows from it. A bound on the loop's delay would send away the quick for the sake of one that is slow.
 */
export class Attendants {
  /** Whether requests are traced. */
  readonly isTracing = isTraced();
  private underWay = 0;
  private readonly refused: Count;
  readonly draining: Draining;
  readonly meters: Meters;
  private readonly most: number;

  constructor({ draining, meters, mostRequests }: Attendance) {
    this.draining = draining;
    this.meters = meters;
    this.most = mostRequests;
    meters.gauge('bailiwick_http_requests_in_flight', 'Requests that are being answered.', () => this.underWay);
    this.refused = meters.counter('bailiwick_http_requests_refused_total', 'Requests sent away because too many were being answered.');
  }

  /** One more is under way, until `leaveWith`; whether there is room for it. */
  enter(mustBeAnswered: boolean): boolean {
    this.underWay += 1;
    if (mustBeAnswered || this.underWay <= this.most) return true;
    this.refused.add();
    return false;
  }

  /** Whether the next one would be sent away. */
  get isFull(): boolean {
    return this.underWay >= this.most;
  }

  /** It is not any more once all of its answer has left this process: what waits for somebody who does not read is held until then. */
  leaveWith(response: ServerResponse): void {
    if (response.destroyed || response.writableFinished) this.underWay -= 1;
    // It comes once: `once` would wrap it in vain.
    else response.on('close', this.hasLeft);
  }

  /** One for all: it is put to each response. */
  private readonly hasLeft = (): void => {
    this.underWay -= 1;
  };

  /** Whether the answer to a request is the last one on its connection. */
  isLast({ socket }: IncomingMessage): boolean {
    return this.draining.began && this.draining.sendsAway(socket);
  }

  /** Begins to trace a request, where requests are traced. */
  trace(request: IncomingMessage, route: string | null): TracedRequest | null {
    return this.isTracing ? traceRequest(request, route) : null;
  }
}

/**
 * Sees to each of Fastify's requests from its headers to the last byte of its answer: sends it away where too many are being
 * answered, ends its connection where the service is about to end, and counts it.
 */
export function attendRequests(server: FastifyInstance, attendants: Attendants): void {
  server.addHook('onRequest', (request, reply, done) => {
    const { url: route = NOWHERE } = request.routeOptions;
    const scope: RequestScope = { id: request.id, door: null };
    const traced = attendants.trace(request.raw, route === NOWHERE ? null : route);
    const began = performance.now();
    reply.raw.once('close', () => {
      const status = statusOf(reply.raw);
      attendants.meters.answered(route, status, scope.door, (performance.now() - began) / 1_000);
      traced?.end(status);
    });
    if (attendants.isLast(request.raw)) void reply.header('connection', 'close');
    if (traced) traced.run(() => enterRequest(scope, done));
    else enterRequest(scope, done);
  });

  // Only now: whoever sends headers and then nothing is none that is being answered, and keeps nobody out.
  server.addHook('preValidation', (request, reply, done) => {
    const isRoom = attendants.enter(healthPaths.has(pathOf(request.raw)));
    attendants.leaveWith(reply.raw);
    if (isRoom) {
      done();
      return;
    }
    if (isPlain(request.url)) {
      sendProblem(request, reply, tooMany());
      return;
    }
    const extensions = { code: 'UNAVAILABLE', retryAfterSeconds: RETRY_AFTER_SECONDS, requestId: request.id };
    void reply
      .code(503)
      .headers(retryHeaders)
      .send({ errors: [{ message: TOO_MANY, extensions }] });
  });
}

const statusOf = (response: ServerResponse): number => (response.writableFinished ? response.statusCode : GONE);

const pathOf = ({ url = '' }: IncomingMessage): string => url.split('?', 1)[0] ?? '';
