import type { IncomingHttpHeaders } from 'node:http';
import { invalidPair } from './challenges.js';
import { Problem } from './problems.js';

const errors: Readonly<Record<number, string>> = {
  400: 'invalid_request',
  401: 'invalid_client',
  403: 'insufficient_scope',
};

/** A problem at a door of OAuth, with the `error` of RFC 6749 as well, and the challenge of the scheme that was tried. */
export function oauthProblem({ status, code, message, headers, more }: Problem, asked: IncomingHttpHeaders): Problem {
  const error = errors[status];
  const triedPair = status === 401 && /^basic /i.test(asked.authorization ?? '');
  return new Problem(
    status,
    code,
    message,
    { ...headers, ...(triedPair && invalidPair) },
    { ...more, ...(error !== undefined && { error }) },
  );
}
