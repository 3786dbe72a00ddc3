import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Environment } from '../authority/index.js';
import { withoutValues } from '../database/index.js';
import { orElse, type Soon, whenThere } from '../domain/index.js';
import type { GraphContext } from '../graphql/GraphContext.js';
import type { KnownRequest } from '../graphql/plans/KnownDocuments.js';
import type { ArrivingRequest } from './ArrivingRequest.js';
import { handOn, takeWhole } from './bodiesRead.js';
import type { Answer } from './doors/Answer.js';
import type { LetIn } from './graphqlDoors.js';
import { type GraphqlAnswer, type GraphqlAnswers, isUsual, type Sent } from './graphqlAnswers.js';
import { enterRequest } from './requestScope.js';
import { type Floor, Visit } from './Visit.js';

/** What the door of known documents is made of. */
export interface KnownDoor extends Floor {
  readonly answers: GraphqlAnswers;
  /** The addresses of the GraphQL doors. */
  readonly environments: Readonly<Record<string, Environment>>;
  readonly letIn: (request: IncomingMessage, environment: Environment, requestId: string) => Soon<LetIn>;
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** Of a request that is read here: 100 questions, and room. */
const MOST_BYTES = 64 * 1024;
/** What JSON may not hold, and what may be written so that it is not seen: Fastify's to refuse. */
const SUSPECT = /__proto__|constructor|\\u/;

/**
 * Answers requests whose documents are known on Node's own server: by the thousand, and in the turn of the event loop in which
 * they came. A request that is another one after all, once it has been read, is handed on to Fastify with its body, before
 * anything was done. Traced ones are Fastify's from the beginning.
 */
export const knownDoor = (door: KnownDoor) => {
  const { answers, attendants, environments } = door;
  return (request: ArrivingRequest, response: ServerResponse, others: Listener): boolean => {
    const { url = '' } = request;
    const environment = Object.hasOwn(environments, url) ? environments[url] : undefined;
    if (environment === undefined || attendants.isTracing || !mayBeKnown(request)) return false;
    const visit = new Visit(door, request, response, url);
    visit.waits();
    const take = (body: Buffer): void => {
      const sent = { method: 'POST', headers: request.headers, body: parsed(body), search: '' };
      const asked = attendants.isFull ? null : answers.asked(sent);
      if (asked) {
        answerTo(door, visit, environment, sent, asked);
        return;
      }
      visit.handOn();
      handOn(request, body);
      others(request, response);
    };
    takeWhole(request, MOST_BYTES, (body) => {
      try {
        if (!body) throw new Error('a body is longer than its headers say');
        take(body);
      } catch (error) {
        // It would be nobody's, and end the process.
        door.log.error({ err: withoutValues(error) }, 'a request could not be taken');
        response.destroy();
      }
    });
    return true;
  };
};

function mayBeKnown(request: IncomingMessage): boolean {
  const { method = '', headers } = request;
  const length = Number(headers['content-length'] ?? 0);
  return isUsual({ method, headers }) && length > 0 && length <= MOST_BYTES && headers['content-encoding'] === undefined;
}

/** Undefined where it is nothing, or not plainly something. */
function parsed(body: Buffer): unknown {
  const text = body.toString('utf8');
  if (SUSPECT.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function answerTo(
  { answers, attendants, letIn, log }: KnownDoor,
  visit: Visit,
  environment: Environment,
  sent: Sent,
  asked: KnownRequest,
): void {
  let about: Readonly<Record<string, string>> = {};
  const context = (): Soon<GraphContext> =>
    whenThere(letIn(visit.raw, environment, visit.id), (there) => {
      about = there.headers;
      return there.context;
    });
  const answered = ({ status, headers, body }: GraphqlAnswer): Answer => {
    if (typeof body !== 'string') throw new Error('an answer comes as a whole');
    return { status, headers: { ...about, ...headers }, body };
  };
  const failed = (error: unknown): null => {
    log.error({ requestId: visit.id, err: withoutValues(error) }, 'a request could not be answered');
    return null;
  };
  attendants.enter(true);
  enterRequest(visit, () => {
    const answer = orElse(() => whenThere(answers.answer(sent, asked, context), answered), failed);
    void whenThere(answer, (there) => visit.leaveWith(there));
  });
}
