import type { IncomingMessage, ServerResponse } from 'node:http';
import { withoutValues } from '../../database/index.js';
import { orElse, type Soon, whenThere } from '../../domain/index.js';
import type { Door } from '../../metrics/index.js';
import { type Attendants, GONE, tooMany } from '../attend.js';
import { requestIdOf } from '../requestId.js';
import { type Answer, write } from './Answer.js';
import type { DoorRequest } from './DoorRequest.js';
import { forwardAuth } from './forwardAuth.js';
import type { Parameters } from './forms.js';
import { introspect } from './introspection.js';
import { oauthProblem } from './oauthProblem.js';
import { FORM_BYTES, originForm } from './openPlainDoors.js';
import type { PlainDoors } from './PlainDoors.js';
import { Problem, problemAnswer, problemOf } from './problems.js';
import { readForm } from './readForm.js';

/** Takes a request, if it is one for these doors. */
export type TakesRequest = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * The doors at which gateways and services verify: each of their users' requests waits for one of these. They stand on Node's own
 * server, and what can be answered from memory is answered in the turn of the event loop in which it came.
 */
export function verificationDoors(doors: PlainDoors, attendants: Attendants): TakesRequest {
  const verify = visit(doors, attendants, '/verify', 'verify', (error) => error);
  const introspection = visit(doors, attendants, '/oauth2/introspect', 'introspect', (error, { raw }) => oauthProblem(error, raw.headers));
  return (request, response) => {
    const { method } = request;
    const url = originForm(request.url);
    if ((method === 'GET' || method === 'HEAD') && isAt(url, '/verify')) {
      verify(request, response, (asked, then) => then(() => forwardAuth(doors, asked, url.slice('/verify?'.length))));
      return true;
    }
    if (method === 'POST' && isAt(url, '/oauth2/introspect')) {
      introspection(request, response, (asked, then) => {
        readForm(request, FORM_BYTES, (read) => then(() => introspect(doors, asked, formIn(read))));
      });
      return true;
    }
    return false;
  };
}

const isAt = (url: string, path: string): boolean => url.startsWith(path) && (url.length === path.length || url[path.length] === '?');

function formIn(read: Parameters | Problem): Parameters {
  if (read instanceof Problem) throw read;
  return read;
}

/** Reads what a request brings, and then calls with how it is answered. */
type Reads = (asked: DoorRequest, then: (answer: () => Soon<Answer>) => void) => void;

/**
 * Sees to each request at a door from its headers to its answer, as `attendRequests` does to others, but that one is counted as answered
 * once its answer has been handed to the connection.
 */
function visit(
  { log }: PlainDoors,
  attendants: Attendants,
  route: string,
  door: Door,
  told: (problem: Problem, asked: DoorRequest) => Problem,
): (request: IncomingMessage, response: ServerResponse, reads: Reads) => void {
  const { meters } = attendants;
  return (request, response, reads) => {
    const began = performance.now();
    const asked: DoorRequest = { id: requestIdOf(request.headers), raw: request };
    const traced = attendants.trace(request, route);
    const count = (status: number): void => {
      meters.answered(route, status, door, (performance.now() - began) / 1_000);
      traced?.end(status);
    };
    const refuse = (error: unknown): Answer => problemAnswer(request.headers, asked.id, told(problemOf(error, asked.id, log), asked));
    const respond = (answer: Answer): void => {
      try {
        // Where nobody waits for it any more, nothing is sent.
        if (!response.destroyed) {
          write(response, asked.id, answer, attendants.isLast(request));
          count(answer.status);
        }
      } catch (error) {
        log.error({ requestId: asked.id, err: withoutValues(error) }, 'an answer could not be sent');
        response.destroy();
      }
      attendants.leaveWith(response);
    };
    const answerWith = (answer: () => Soon<Answer>): void => {
      const isRoom = attendants.enter(false);
      const decided = orElse(() => (isRoom ? answer() : refuse(tooMany())), refuse);
      void whenThere(decided, respond);
    };
    // Only here: what a body's stream calls is called by the connection, as a part of nothing.
    reads(asked, traced ? (answer) => traced.run(() => answerWith(answer)) : answerWith);
    if (!response.writableEnded) {
      response.once('close', () => {
        if (!response.writableEnded) count(GONE);
      });
    }
  };
}
