import type { FastifyReply, FastifyRequest } from 'fastify';
import { revokeCredential } from '../../verification/index.js';
import { formOf, type Parameters, required } from './forms.js';
import type { PlainDoors } from './PlainDoors.js';

/**
 * `POST /oauth2/revoke` (RFC 7009): whoever bears a credential may end it, and nothing more is asked of them. The answer is the
 * same for one that is unknown, and for one that was ended before.
 */
export async function revoke(doors: PlainDoors, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const token = required(formOf((request.body ?? {}) as Parameters), 'token');
  await revokeCredential(doors, token, request.id);
  return reply.code(200).send();
}
