import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance } from 'fastify';
import { Act } from '../access/index.js';
import type { Environment } from '../authority/index.js';
import { unauthenticated } from '../domain/index.js';
import type { GraphContext } from '../graphql/GraphContext.js';
import { Loaders } from '../graphql/Loaders.js';
import type { Passwords } from '../people/passwords.js';
import { authenticate, type Doorkeeper } from './authenticate.js';

/** What the GraphQL doors need. */
export interface Doors extends Doorkeeper {
  readonly passwords: Passwords;
}

/** One door for each environment: a key opens only its own (S2.2). Signed-in people may use any; the directory is shared (C21). */
const doors: Readonly<Record<string, Environment>> = {
  '/graphql': 'PRODUCTION',
  '/staging/graphql': 'STAGING',
  '/development/graphql': 'DEVELOPMENT',
};

const UTF8 = /;\s*charset\s*=\s*"?utf-8"?\s*(;|$)/i;

/** Opens the GraphQL doors, all on one Apollo server. */
export function openGraphqlDoors(server: FastifyInstance, apollo: ApolloServer<GraphContext>, parts: Doors): void {
  const { database, sessions, passwords, clock } = parts;
  for (const [url, environment] of Object.entries(doors)) {
    server.route({
      method: ['GET', 'POST'],
      url,
      preParsing: async (request) => {
        const type = request.headers['content-type'] ?? '';
        if (/charset/i.test(type) && !UTF8.test(type)) throw Object.assign(new Error('unsupported charset'), { statusCode: 415 });
      },
      handler: fastifyApolloHandler(apollo, {
        context: async (request, reply): Promise<GraphContext> => {
          void reply.header('cache-control', 'no-store');
          const principal = await authenticate(parts, request.raw, environment);
          const act = principal && new Act(principal, request.id, clock, database);
          return {
            requestId: request.id,
            principal,
            get act() {
              if (!act) throw unauthenticated('Send an access token (signIn gives one) or an API key in the Authorization header.');
              return act;
            },
            loaders: new Loaders(database.reader),
            revealed: new Set(),
            sessions,
            passwords,
          };
        },
      }),
    });
  }
}
