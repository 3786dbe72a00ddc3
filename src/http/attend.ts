import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Door, Meters } from '../metrics/index.js';
import { isTraced, traceRequest } from '../traces/index.js';
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

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The door of verification that a route is: its time is counted there. */
    door?: Door;
  }
}

/** What is known of a route: its address, and the door of verification that it is, as its `config` says. */
interface RouteFacts {
  readonly url?: string;
  readonly door?: Door;
}

/** The route of an address at which there is nothing. */
const NOWHERE = 'none';
const RETRY_AFTER_SECONDS = 1;
/** Of a request whose sender has gone before it was answered, as nginx has it. */
const GONE = 499;

/**
 * Sees to each request from its headers to the last byte of its answer: sends it away where too many are being answered, ends
 * its connection where the service is about to end, and counts it.
 *
 * The bound is on requests under way, because each of them holds memory until it is answered; how long they wait for the event
 * loop follows from it. A bound on the loop's delay would send away the quick for the sake of one that is slow.
 */
export function attendRequests(server: FastifyInstance, { draining, meters, mostRequests }: Attendance): void {
  const tracing = isTraced();
  let underWay = 0;
  meters.gauge('bailiwick_http_requests_in_flight', 'Requests that are being answered.', () => underWay);
  const refused = meters.counter('bailiwick_http_requests_refused_total', 'Requests sent away because too many were being answered.');

  server.addHook('onRequest', (request, reply, done) => {
    // Fastify makes this object anew each time that it is asked for it.
    const { url: route = NOWHERE, door = null } = request.routeOptions.config as RouteFacts;
    const scope: RequestScope = { id: request.id, door };
    const traced = tracing ? traceRequest(request.raw, route === NOWHERE ? null : route) : null;
    const began = performance.now();
    reply.raw.once('close', () => {
      const status = statusOf(reply.raw);
      meters.answered(route, status, scope.door, (performance.now() - began) / 1_000);
      traced?.end(status);
    });
    if (draining.began && draining.sendsAway(request.raw.socket)) void reply.header('connection', 'close');
    if (traced) traced.run(() => enterRequest(scope, done));
    else enterRequest(scope, done);
  });

  // Only now: whoever sends headers and then nothing is none that is being answered, and keeps nobody out.
  server.addHook('preValidation', (request, reply, done) => {
    underWay += 1;
    reply.raw.once('close', () => {
      underWay -= 1;
    });
    if (underWay <= mostRequests || healthPaths.has(pathOf(request.raw))) {
      done();
      return;
    }
    refused.add();
    const message = 'Too many requests are being answered at once. Try again shortly.';
    const extensions = { code: 'UNAVAILABLE', retryAfterSeconds: RETRY_AFTER_SECONDS, requestId: request.id };
    const headers = { 'retry-after': String(RETRY_AFTER_SECONDS) };
    if (isPlain(request.url)) {
      const retry = { retryAfterSeconds: RETRY_AFTER_SECONDS };
      sendProblem(request, reply, new Problem(503, extensions.code, message, headers, retry));
      return;
    }
    void reply
      .code(503)
      .headers(headers)
      .send({ errors: [{ message, extensions }] });
  });
}

const statusOf = (response: ServerResponse): number => (response.writableFinished ? response.statusCode : GONE);

const pathOf = ({ url = '' }: IncomingMessage): string => url.split('?', 1)[0] ?? '';
