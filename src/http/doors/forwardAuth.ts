import type { IncomingHttpHeaders } from 'node:http';
import { GraphQLError } from 'graphql';
import { LRUCache } from 'lru-cache';
import { orElse, parseAddress, Refusal, type Soon, whenThere } from '../../domain/index.js';
import type { Verification, VerificationQuestion, VerifiedCredential } from '../../verification/index.js';
import { presentedText } from '../credentials.js';
import type { RefusedRequest } from '../errors.js';
import { rateLimitHeaders, spentHeaders } from '../rateLimitHeaders.js';
import type { Visit } from '../Visit.js';
import { type Answer, type HeaderLines, linesOf } from './Answer.js';
import { admitService, answerService, type AskingService } from './asker.js';
import { challenge, insufficientScope, invalidToken } from './challenges.js';
import { readParameters, single } from './forms.js';
import type { PlainDoors } from './PlainDoors.js';
import { badRequest, Problem } from './problems.js';
import { type Asked, readAsked } from './question.js';

/**
 * `GET|HEAD /verify`: a gateway asks whether a request may pass. The gateway shows its own key, its configuration says in the query
 * what to ask for, and the credential is that of the original request.
 */
export const forwardAuth = (doors: PlainDoors, request: Visit, query: string): Soon<Answer> =>
  whenThere(gatewayOf(doors, request), (gateway) => {
    const asked = askedIn(query);
    const key = presentedText(request.raw);
    if (key === null) {
      throw new Problem(401, 'UNAUTHENTICATED', 'Send an API key or an access token, in Authorization or in X-API-Key.', challenge);
    }
    const answer = answerGateway(doors, gateway, { key, ...asked, ...addressOf(request.raw.headers) });
    return whenThere(answer, ({ verification }) => told(doors, verification));
  });

function told({ clock }: PlainDoors, verification: Verification): Answer {
  if (verification.valid) return { status: 200, headers: yesOf(verification, clock()), body: '' };
  const { httpStatus, code, message, missingPermissions } = verification;
  const headers = { ...headersOf(verification, clock()), ...challengeOf(httpStatus, code, missingPermissions) };
  throw new Problem(httpStatus, code, message, headers, missingPermissions.length > 0 ? { missingPermissions } : {});
}

const gatewayUnknown = (): Problem =>
  new Problem(
    401,
    'UNAUTHENTICATED',
    'The gateway is not known here: X-Bailiwick-Service-Key must hold a key of its own, with apiKey:verify.',
    challenge,
  );

/** The gateway has asked too often. It is not the bearer whose limit that is: nothing of it is told. */
const gatewaySpent = ({ headers }: RefusedRequest): Problem =>
  new Problem(503, 'UNAVAILABLE', 'The gateway cannot ask now. Try again shortly.', { 'retry-after': headers?.get('retry-after') ?? '1' });

/** Whatever is wrong with the gateway's key, nobody passes: to the bearer of the original request it is the same. */
function gatewayOf(doors: PlainDoors, request: Visit): Soon<AskingService> {
  const text = request.raw.headers['x-bailiwick-service-key'];
  const admitted = orElse(
    () => (typeof text === 'string' ? admitService(doors, request, text) : null),
    (error) => {
      const refused = error instanceof GraphQLError ? (error.extensions['http'] as RefusedRequest | undefined) : undefined;
      if (refused?.status === 429) throw gatewaySpent(refused);
      if (refused?.status !== 401) throw error;
      return null;
    },
  );
  return whenThere(admitted, (gateway) => {
    if (!gateway) throw gatewayUnknown();
    return gateway;
  });
}

const answerGateway = (doors: PlainDoors, gateway: AskingService, question: VerificationQuestion): Soon<VerifiedCredential> =>
  orElse(
    () => answerService(doors, 'verify', gateway, question),
    (error) => {
      // A gateway that may not ask is no gateway: 403 would say that the original request is forbidden.
      if (error instanceof Refusal && ['FORBIDDEN', 'UNAUTHENTICATED'].includes(error.reason.code)) throw gatewayUnknown();
      throw error;
    },
  );

const KNOWN = new Set(['namespace', 'permission', 'resource']);

/** What gateways ask: it stands in their configuration, and is the same each time. */
const asks = new LRUCache<string, Asked>({ max: 1_000 });
const LONGEST_KEPT = 1_024;

function askedIn(query: string): Asked {
  const known = asks.get(query);
  if (known) return known;
  const asked = readQuery(query);
  if (query.length <= LONGEST_KEPT) asks.set(query, asked);
  return asked;
}

/** What the gateway is configured to ask. A name that is none of these is refused: a misspelt one must not ask for less. */
function readQuery(text: string): Asked {
  const query = readParameters(text);
  // Neither names nor values are repeated: somebody may have put a secret there.
  if (!Object.keys(query).every((name) => KNOWN.has(name))) {
    throw badRequest('The query may hold namespace, permission (more than once) and resource, and nothing else.');
  }
  const { permission } = query;
  const permissions = typeof permission === 'string' ? [permission] : permission;
  return readAsked({ namespace: single(query, 'namespace'), permissions, resource: single(query, 'resource') }, 'permission');
}

const nowhere = {};

/**
 * The address of the bearer: the last one in X-Forwarded-For, which is the one that the gateway itself has seen. What stands before it
 * was said by the bearer. A key with CIDRs is refused where there is none.
 */
function addressOf({ 'x-forwarded-for': forwarded }: IncomingHttpHeaders): { readonly clientIp?: string } {
  if (typeof forwarded !== 'string') return nowhere;
  const last = forwarded.slice(forwarded.lastIndexOf(',') + 1).trim();
  return parseAddress(last) ? { clientIp: last } : nowhere;
}

/** Gateways keep few bytes for the headers of an answer; a list that is cut off would be worse than none. */
const LONGEST_PERMISSIONS = 2_048;

/**
 * Who it is, in headers. All values are ids, names of permissions and of environments: none was ever free text. Each header is
 * always there, if empty: a gateway that found it missing could leave standing what the request itself said under that name.
 */
const identity = ({ apiKeyId, userId, organizationId, namespaceId, environment, effectivePermissions }: Verification) => {
  const permissions = effectivePermissions.join(' ');
  return {
    'x-auth-key-id': apiKeyId ?? '',
    'x-auth-user-id': userId ?? '',
    'x-auth-organization-id': organizationId ?? '',
    'x-auth-namespace-id': namespaceId ?? '',
    'x-auth-environment': environment ?? '',
    'x-auth-permissions': permissions.length <= LONGEST_PERMISSIONS ? permissions : '',
  };
};

function yesOf(verification: Verification, now: Date): HeaderLines {
  const { words } = verification;
  if (words?.forwardAuth) return words.forwardAuth;
  const lines = linesOf({ ...headersOf(verification, now), ...identity(verification) });
  if (words) words.forwardAuth = lines;
  return lines;
}

/** What is told with a yes and with a no: the code, and how the key stands against its limit. */
function headersOf({ code, rateLimit }: Verification, now: Date): Record<string, string> {
  const limit = rateLimit ? (code === 'RATE_LIMITED' ? spentHeaders : rateLimitHeaders)(rateLimit, now) : {};
  return { 'x-auth-code': code, ...limit };
}

function challengeOf(httpStatus: number, code: string, missing: readonly string[]): Record<string, string> {
  if (httpStatus === 401) return { ...invalidToken };
  return code === 'INSUFFICIENT_PERMISSIONS' ? { ...insufficientScope(missing) } : {};
}
