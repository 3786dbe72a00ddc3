import type { ServerResponse } from 'node:http';
import { orElse, type Soon, whenThere } from '../../domain/index.js';
import type { ArrivingRequest } from '../ArrivingRequest.js';
import { tooMany } from '../attend.js';
import { type Floor, Visit } from '../Visit.js';
import type { Answer } from './Answer.js';
import { forwardAuth } from './forwardAuth.js';
import type { Parameters } from './forms.js';
import { introspect } from './introspection.js';
import { oauthProblem } from './oauthProblem.js';
import { FORM_BYTES, originForm } from './openPlainDoors.js';
import type { PlainDoors } from './PlainDoors.js';
import { Problem, problemAnswer, problemOf } from './problems.js';
import { readForm } from './readForm.js';

/** Takes a request, if it is one for these doors. */
export type TakesRequest = (request: ArrivingRequest, response: ServerResponse) => boolean;

/**
 * The doors at which gateways and services verify: each of their users' requests waits for one of these. They stand on Node's own
 * server, and what can be answered from memory is answered in the turn of the event loop in which it came.
 */
export function verificationDoors(doors: PlainDoors, floor: Floor): TakesRequest {
  return (request, response) => {
    const { method } = request;
    const url = originForm(request.url);
    if ((method === 'GET' || method === 'HEAD') && isAt(url, '/verify')) {
      const visit = new Visit(floor, request, response, '/verify', 'verify');
      request.leaveBody();
      answerTo(floor, visit, () => forwardAuth(doors, visit, url.slice('/verify?'.length)), asItIs);
      if (!response.writableEnded) visit.waits();
      return true;
    }
    if (method === 'POST' && isAt(url, '/oauth2/introspect')) {
      const visit = new Visit(floor, request, response, '/oauth2/introspect', 'introspect');
      visit.waits();
      readForm(request, FORM_BYTES, (read) => answerTo(floor, visit, () => introspect(doors, visit, formIn(read)), asOauth));
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

/** How a door says what is wrong. */
type Tells = (problem: Problem, visit: Visit) => Problem;

const asItIs: Tells = (problem) => problem;
const asOauth: Tells = (problem, { raw }) => oauthProblem(problem, raw.headers);

/** Answers a request that was read. */
function answerTo({ attendants, log }: Floor, visit: Visit, decide: () => Soon<Answer>, tells: Tells): void {
  const refuse = (error: unknown): Answer => problemAnswer(visit.raw.headers, visit.id, tells(problemOf(error, visit.id, log), visit));
  // Only here: what is called when a body has come is called by the connection, as a part of nothing.
  visit.run(() => {
    const isRoom = attendants.enter(false);
    const decided = orElse(() => (isRoom ? decide() : refuse(tooMany())), refuse);
    void whenThere(decided, (answer) => visit.leaveWith(answer));
  });
}
