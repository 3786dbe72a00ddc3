import { parseAddress, type Soon, whenThere } from '../../domain/index.js';
import { introspection, type VerifiedCredential } from '../../verification/index.js';
import { presentedText } from '../credentials.js';
import { spentHeaders } from '../rateLimitHeaders.js';
import type { Visit } from '../Visit.js';
import { type Answer, linesOf } from './Answer.js';
import { admitService, answerService, type AskingService } from './asker.js';
import { invalidToken, serviceChallenge } from './challenges.js';
import { type Form, formOf, type Parameters, required } from './forms.js';
import type { PlainDoors } from './PlainDoors.js';
import { badRequest, Problem } from './problems.js';
import { type Asked, readAsked } from './question.js';

/**
 * `POST /oauth2/introspect` (RFC 7662): a service asks about what its own caller presented, an API key or an access token.
 * It is let in before anything is looked up.
 */
export const introspect = (doors: PlainDoors, request: Visit, parameters: Parameters): Soon<Answer> =>
  whenThere(serviceOf(doors, request), (service) => {
    const form = formOf(parameters);
    if (form['client_secret'] !== undefined || form['client_assertion'] !== undefined) {
      throw badRequest('Authenticate in the Authorization header alone: the body holds nothing but what is asked.');
    }
    const key = required(form, 'token');
    const question = { key, ...askedIn(form), ...addressIn(form) };
    return whenThere(answerService(doors, 'introspect', service, question), (verified) => told(doors, service, verified));
  });

const JSON_TYPE = ['content-type', 'application/json; charset=utf-8'];

function told(doors: PlainDoors, service: AskingService, verified: VerifiedCredential): Answer {
  const { code, message, rateLimit, apiKeyId } = verified.verification;
  if (code === 'RATE_LIMITED' && rateLimit) {
    // Not "inactive": the bearer would be told that the key is dead, and it is asked to wait. Never "active" either.
    throw new Problem(429, code, message, spentHeaders(rateLimit, doors.clock()), { api_key_id: apiKeyId });
  }
  return { status: 200, headers: [...linesOf(service.headers), ...JSON_TYPE], body: bodyOf(verified, doors.publicUrl) };
}

function bodyOf(verified: VerifiedCredential, issuer: string): string {
  const { words } = verified.verification;
  if (words?.introspection?.issuer === issuer) return words.introspection.body;
  const body = JSON.stringify(introspection(verified, issuer));
  if (words) words.introspection = { issuer, body };
  return body;
}

function serviceOf(doors: PlainDoors, request: Visit): Soon<AskingService> {
  const detail = 'Authenticate as a service: with an API key that holds apiKey:verify, as Bearer, as Basic or in X-API-Key.';
  const text = presentedText(request.raw);
  if (text === null) throw new Problem(401, 'UNAUTHENTICATED', detail, serviceChallenge);
  return whenThere(admitService(doors, request, text), (service) => {
    if (!service) throw new Problem(401, 'UNAUTHENTICATED', detail, invalidToken);
    return service;
  });
}

/** Permissions are OAuth's scopes: one parameter, parted by spaces. */
const askedIn = ({ namespace, resource, scope }: Form): Asked =>
  readAsked({ namespace, permissions: scope?.split(' '), resource }, 'scope');

function addressIn({ client_ip: clientIp }: Form): { readonly clientIp?: string } {
  if (clientIp === undefined) return {};
  if (parseAddress(clientIp) === null) throw badRequest('client_ip is no internet address: write it as 192.0.2.1 or 2001:db8::1.');
  return { clientIp };
}
