import { type IncomingHttpHeaders, STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import { isAway, withoutValues } from '../../database/index.js';
import { type Reason, Refusal } from '../../domain/index.js';
import type { Answer } from './Answer.js';
import { insufficientScope, invalidToken } from './challenges.js';
import { type RefusedRequest, refuseWhileAway } from '../errors.js';

/** More of a problem than its status and its sentence: members of its body. */
type Details = Readonly<Record<string, unknown>>;

/** A plain door refuses: what is wrong and what to do, fit to show to whoever asked. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly headers: Readonly<Record<string, string>> = {},
    readonly more: Details = {},
  ) {
    super(detail);
  }
}

/** The request cannot be read, or asks for what there is not. */
export const badRequest = (detail: string): Problem => new Problem(400, 'BAD_REQUEST', detail);

const statusOf: Readonly<Record<Reason['code'], number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  BAD_USER_INPUT: 400,
  EXCEEDS_AUTHORITY: 403,
  CONFLICT: 409,
  UNAVAILABLE: 503,
};

const ofReason = ({ code, message, ...more }: Reason): Problem => {
  const waits = 'retryAfterSeconds' in more ? { 'retry-after': String(more.retryAfterSeconds) } : {};
  const lacks = 'missingPermissions' in more ? insufficientScope(more.missingPermissions) : code === 'UNAUTHENTICATED' ? invalidToken : {};
  return new Problem(statusOf[code], code, message, { ...waits, ...lacks }, more);
};

/** What is refused before a door is reached is said in GraphQL's words, which carry their HTTP side. */
function ofRequest({ message, extensions }: GraphQLError): Problem {
  const { code, http, ...more } = extensions;
  const { status = 400, headers = new Map<string, string>() } = (http ?? {}) as RefusedRequest;
  return new Problem(status, String(code), message, Object.fromEntries(headers), more);
}

const ofTransport = {
  413: 'The body is larger than anything that is good here.',
  415: 'Send the body as application/x-www-form-urlencoded in UTF-8.',
} as const;

/** What is wrong with how a body was sent. */
export const ofBody = (status: keyof typeof ofTransport, headers: Readonly<Record<string, string>> = {}): Problem =>
  new Problem(status, 'BAD_REQUEST', ofTransport[status], headers);

/** The one mapper from what was thrown to what a plain door answers; a fault says nothing, and is told to the log. */
export function problemOf(error: unknown, requestId: string, log: Logger): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof Refusal) return ofReason(error.reason);
  if (error instanceof GraphQLError) return ofRequest(error);
  if (isAway(error)) {
    log.warn({ requestId, err: withoutValues(error) }, 'the database is away');
    return ofRequest(refuseWhileAway());
  }
  const { statusCode } = error as Partial<FastifyError>;
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    if (statusCode === 413 || statusCode === 415) return ofBody(statusCode);
    return new Problem(statusCode, 'BAD_REQUEST', 'The request could not be read.');
  }
  log.error({ requestId, err: withoutValues(error) }, 'a request failed');
  return new Problem(500, 'INTERNAL_SERVER_ERROR', 'Something went wrong on our side. Tell the operator the requestId.');
}

/**
 * A problem as it is answered (RFC 9457). OAuth clients that ask for `application/json` read the same body as such, with
 * the `error` that RFC 6749 wants, where the door is one of OAuth.
 */
export function problemAnswer({ accept = '' }: IncomingHttpHeaders, requestId: string, problem: Problem) {
  const { status, code, message, headers, more } = problem;
  const asJson = accept.includes('application/json') && !accept.includes('application/problem+json');
  const type = asJson ? 'application/json; charset=utf-8' : 'application/problem+json; charset=utf-8';
  const body = { type: 'about:blank', title: STATUS_CODES[status], status, detail: message, code, ...more, requestId };
  return { status, headers: { ...headers, 'content-type': type }, body: JSON.stringify(body) } satisfies Answer;
}

/** Answers one of Fastify's requests with a problem. */
export function sendProblem({ headers: asked, id }: FastifyRequest, reply: FastifyReply, problem: Problem): void {
  const { status, headers, body } = problemAnswer(asked, id, problem);
  void reply.code(status).headers(headers).header('cache-control', 'no-store').send(body);
}
