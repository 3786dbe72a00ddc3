import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance } from 'fastify';
import { Act, type Principal, type Quotas } from '../access/index.js';
import type { Environment } from '../authority/index.js';
import { GraphContext, type GraphServices } from '../graphql/GraphContext.js';
import { Loaders } from '../graphql/Loaders.js';
import { idempotencyKeyOf } from './idempotencyKey.js';
import { authenticate, type Doorkeeper } from './authenticate.js';

/** What the GraphQL doors need. */
export type Doors = Doorkeeper & GraphServices & { readonly quotas?: Quotas | undefined };

/** One door for each environment: a key opens only its own (S2.2). Signed-in people may use any; the directory is shared (C21). */
const doors: Readonly<Record<string, Environment>> = {
  '/graphql': 'PRODUCTION',
  '/staging/graphql': 'STAGING',
  '/development/graphql': 'DEVELOPMENT',
};

const UTF8 = /;\s*charset\s*=\s*"?utf-8"?\s*(;|$)/i;

/** Opens the GraphQL doors, all on one Apollo server. */
export function openGraphqlDoors(server: FastifyInstance, apollo: ApolloServer<GraphContext>, parts: Doors): void {
  const { database, clock } = parts;
  for (const [url, environment] of Object.entries(doors)) {
    server.route({
      method: ['GET', 'POST'],
      url,
      preParsing: (request, _reply, payload, done) => {
        const type = request.headers['content-type'] ?? '';
        const foreign = /charset/i.test(type) && !UTF8.test(type);
        done(foreign ? Object.assign(new Error('unsupported charset'), { statusCode: 415 }) : null, payload);
      },
      handler: fastifyApolloHandler(apollo, {
        context: async (request, reply): Promise<GraphContext> => {
          void reply.header('cache-control', 'no-store');
          const { principal, headers } = await authenticate(parts, request.raw, environment);
          void reply.headers(headers);
          const actOf = (whose: Principal): Act => new Act(whose, request.id, clock, database, parts.quotas);
          return new GraphContext(request.id, principal, actOf, new Loaders(database.reader), parts, idempotencyKeyOf(request.headers));
        },
      }),
    });
  }
}
