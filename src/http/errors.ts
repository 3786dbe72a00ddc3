import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';
import { isAway, isInDoubt, withoutValues } from '../database/index.js';
import { type Reason, Refusal } from '../domain/index.js';
import type { RateLimitState } from '../rateLimits/index.js';
import { rateLimitHeaders, secondsUntilReset } from './rateLimitHeaders.js';
import { currentRequestId } from './requestScope.js';

/** GraphQL's own codes, which pass as they are. */
const PROTOCOL = new Set([
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'UNAUTHENTICATED',
  'QUERY_TOO_COMPLEX',
  'RATE_LIMITED',
  'UNAVAILABLE',
]);

/** Apollo's word for a persisted query, which are off here; its clients know it by the message and send the whole query. */
const WITHOUT_PERSISTED_QUERIES = 'PERSISTED_QUERY_NOT_SUPPORTED';

/** Apollo takes suggestions out of validation errors only; those about variables name fields of the schema as well (R58). */
const SUGGESTION = / ?Did you mean .+\?$/;

/**
 * What GraphQL says of a variable, without the value that it repeats: an input that is wrong in one field may hold a
 * password in another, and messages are kept where secrets are not (R25).
 */
function withoutValue(message: string, thrown: unknown): string {
  const [, variable] = /^(Variable "\$\w+") got invalid value /.exec(message) ?? [];
  const why = thrown instanceof GraphQLError ? thrown.originalError?.message : undefined;
  if (variable === undefined || why === undefined) return message;
  const [place = ''] = / at "[\w.[\]]+"$/.exec(message.slice(0, message.lastIndexOf(`; ${why}`))) ?? [];
  return `${variable}${place} is not right: ${why.replace(/(cannot represent [\w -]+): [^]*$/, '$1.').replace(/^Value "[^]*" does/, 'The value does')}`;
}

const away = {
  code: 'UNAVAILABLE',
  message: 'The database cannot be reached now, or has too much to do. Try again shortly.',
  retryAfterSeconds: 1,
} as const satisfies Reason;

/** The same, where the answer to a COMMIT was lost. */
const inDoubt = {
  ...away,
  message:
    'The database did not answer in time, so that nobody knows whether the change was made: look before you send it again. A create with an Idempotency-Key may be sent again as it is.',
} as const satisfies Reason;

/** What a failure of the database is told as; null where it is none. */
const awayReason = (error: unknown): typeof away | typeof inDoubt | null => (isInDoubt(error) ? inDoubt : isAway(error) ? away : null);

/**
 * The one mapper from what was thrown to what the client reads. A refusal tells its reason, GraphQL's own refusals
 * their message; everything else says nothing but the request's id, and is told to the log.
 */
export const clientError =
  (log: Logger) =>
  (formatted: GraphQLFormattedError, thrown: unknown): GraphQLFormattedError => {
    const requestId = currentRequestId();
    const { locations, path } = formatted;
    const where = { ...(locations && { locations }), ...(path && { path }) };
    const original = unwrapResolverError(thrown);
    const reason = original instanceof Refusal ? original.reason : awayReason(original);
    if (reason && !(original instanceof Refusal)) log.warn({ requestId, err: withoutValues(original) }, 'the database is away');
    if (reason) {
      const { message, ...extensions } = reason;
      return { message, ...where, extensions: { ...extensions, requestId } };
    }
    const said = formatted.extensions?.['code'];
    const code = said === WITHOUT_PERSISTED_QUERIES ? 'BAD_REQUEST' : said;
    if (typeof code === 'string' && PROTOCOL.has(code)) {
      const { code: _code, stacktrace: _stack, http: _http, ...details } = formatted.extensions ?? {};
      return {
        message: withoutValue(formatted.message, thrown).replace(SUGGESTION, ''),
        ...where,
        extensions: { code, ...details, requestId },
      };
    }
    log.error({ requestId, err: withoutValues(original) }, 'a request failed');
    return {
      message: 'Something went wrong on our side. Tell the operator the requestId.',
      ...where,
      extensions: { code: 'INTERNAL_SERVER_ERROR', requestId },
    };
  };

/** The HTTP side of a request that is refused as a whole. */
export interface RefusedRequest {
  readonly status?: number;
  readonly headers?: ReadonlyMap<string, string>;
}

/** The request as a whole is refused before execution, with a real HTTP status. */
export const refuseRequest = (
  status: number,
  code: 'BAD_REQUEST' | 'UNAUTHENTICATED' | 'UNAVAILABLE',
  message: string,
  headers: Readonly<Record<string, string>> = {},
): GraphQLError => new GraphQLError(message, { extensions: { code, http: { status, headers: new Map(Object.entries(headers)) } } });

/** The database cannot say who asks: the request as a whole is refused, and may be sent again. */
export function refuseWhileAway(): GraphQLError {
  const { code, message, retryAfterSeconds } = away;
  const http = { status: 503, headers: new Map([['retry-after', String(retryAfterSeconds)]]) };
  return new GraphQLError(message, { extensions: { code, retryAfterSeconds, http } });
}

/** The rate limit of the key is used up: the request as a whole is refused, and may be sent again once the window has ended. */
export function refuseWhileSpent(state: RateLimitState, now: Date): GraphQLError {
  const retryAfterSeconds = Math.max(1, secondsUntilReset(state, now));
  const headers = new Map(Object.entries({ 'retry-after': String(retryAfterSeconds), ...rateLimitHeaders(state, now) }));
  const message = `This API key has reached its rate limit: send the request again in ${retryAfterSeconds} s.`;
  return new GraphQLError(message, { extensions: { code: 'RATE_LIMITED', retryAfterSeconds, http: { status: 429, headers } } });
}
