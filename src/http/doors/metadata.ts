import type { FastifyReply } from 'fastify';
import type { PlainDoors } from './PlainDoors.js';

const KEPT = 'public, max-age=300';

/**
 * RFC 8414: where what is. There is no authorization endpoint and no token endpoint: people sign in to this service itself,
 * and keys are never exchanged for tokens (S3.2).
 */
export const authorizationServer = (publicUrl: string) => ({
  issuer: publicUrl,
  jwks_uri: `${publicUrl}/.well-known/jwks.json`,
  introspection_endpoint: `${publicUrl}/oauth2/introspect`,
  introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'Bearer'],
  revocation_endpoint: `${publicUrl}/oauth2/revoke`,
  revocation_endpoint_auth_methods_supported: ['none'],
  response_types_supported: [],
  grant_types_supported: [],
});

/** Addresses of the metadata: an issuer with a path has them behind the well-known part (RFC 8414, section 3.1). */
export function metadataPaths(publicUrl: string): readonly string[] {
  const base = '/.well-known/oauth-authorization-server';
  const { pathname } = new URL(publicUrl);
  return pathname === '/' ? [base] : [base, `${base}${pathname}`];
}

/** Answers with the metadata, which clients may keep for five minutes. */
export const tellMetadata = ({ publicUrl }: PlainDoors, reply: FastifyReply): FastifyReply =>
  reply.header('cache-control', KEPT).send(authorizationServer(publicUrl));

/** Answers with the public keys of access tokens. A key is published an hour before it signs, so that these may be kept as well. */
export const tellKeys = async ({ sessions }: PlainDoors, reply: FastifyReply): Promise<FastifyReply> =>
  reply.header('cache-control', KEPT).send(await sessions.jwks());
