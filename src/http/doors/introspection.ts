import type { FastifyReply, FastifyRequest } from 'fastify';
import { parseAddress } from '../../domain/index.js';
import { introspection } from '../../verification/index.js';
import { presentedText } from '../credentials.js';
import { spentHeaders } from '../rateLimitHeaders.js';
import { admitService, answerService, type AskingService } from './asker.js';
import { invalidToken, serviceChallenge } from './challenges.js';
import { type Form, formOf, required } from './forms.js';
import type { PlainDoors } from './PlainDoors.js';
import { badRequest, Problem } from './problems.js';
import { type Asked, readAsked } from './question.js';

/**
 * `POST /oauth2/introspect` (RFC 7662): a service asks about what its own caller presented, an API key or an access token.
 * It is let in before anything is looked up.
 */
export async function introspect(doors: PlainDoors, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const service = await serviceOf(doors, request);
  const form = formOf(request);
  if (form['client_secret'] !== undefined || form['client_assertion'] !== undefined) {
    throw badRequest('Authenticate in the Authorization header alone: the body holds nothing but what is asked.');
  }
  const key = required(form, 'token');
  const question = { key, ...askedIn(form), ...addressIn(form) };
  const verified = await answerService(doors, 'introspect', service, question);
  const { code, message, rateLimit, apiKeyId } = verified.verification;
  if (code === 'RATE_LIMITED' && rateLimit) {
    // Not "inactive": the bearer would be told that the key is dead, and it is asked to wait. Never "active" either.
    throw new Problem(429, code, message, spentHeaders(rateLimit, doors.clock()), { api_key_id: apiKeyId });
  }
  return reply.headers(service.headers).send(introspection(verified, doors.publicUrl));
}

async function serviceOf(doors: PlainDoors, request: FastifyRequest): Promise<AskingService> {
  const detail = 'Authenticate as a service: with an API key that holds apiKey:verify, as Bearer, as Basic or in X-API-Key.';
  const text = presentedText(request.raw);
  if (text === null) throw new Problem(401, 'UNAUTHENTICATED', detail, serviceChallenge);
  const service = await admitService(doors, request, text);
  if (!service) throw new Problem(401, 'UNAUTHENTICATED', detail, invalidToken);
  return service;
}

/** Permissions are OAuth's scopes: one parameter, parted by spaces. */
const askedIn = ({ namespace, resource, scope }: Form): Asked =>
  readAsked({ namespace, permissions: scope?.split(' '), resource }, 'scope');

function addressIn({ client_ip: clientIp }: Form): { readonly clientIp?: string } {
  if (clientIp === undefined) return {};
  if (parseAddress(clientIp) === null) throw badRequest('client_ip is no internet address: write it as 192.0.2.1 or 2001:db8::1.');
  return { clientIp };
}
