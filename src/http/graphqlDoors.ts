import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyError, FastifyInstance } from 'fastify';
import type { Database } from '../database/index.js';
import { Act, type Principal, type Quotas } from '../access/index.js';
import type { Environment } from '../authority/index.js';
import { type Soon, whenThere } from '../domain/index.js';
import { GraphContext, type GraphServices } from '../graphql/GraphContext.js';
import { Loaders } from '../graphql/Loaders.js';
import { limits } from '../graphql/limits.js';
import type { Withdrawals } from '../withdrawals/index.js';
import { handedOn } from './bodiesRead.js';
import { isForeignCharset } from './doors/forms.js';
import { executeGraphql } from './executeGraphql.js';
import type { GraphqlAnswers } from './graphqlAnswers.js';
import { idempotencyKeyOf } from './idempotencyKey.js';
import { authenticate, type Doorkeeper } from './authenticate.js';
import { admitLargeBody, isLarge, measured } from './largeBodies.js';

/** What the GraphQL doors need. */
export type Doors = Doorkeeper &
  GraphServices & { readonly database: Database; readonly withdrawals: Withdrawals; readonly quotas?: Quotas | undefined };

/** Somebody who was let in at a GraphQL door, and what the answer says in its headers of them. */
export interface LetIn {
  readonly context: GraphContext;
  readonly headers: Readonly<Record<string, string>>;
}

/** One door for each environment: a key opens only its own (S2.2). Signed-in people may use any; the directory is shared (C21). */
export const doors: Readonly<Record<string, Environment>> = {
  '/graphql': 'PRODUCTION',
  '/staging/graphql': 'STAGING',
  '/development/graphql': 'DEVELOPMENT',
};

/** Opens the GraphQL doors, all on one Apollo server. */
export function openGraphqlDoors(server: FastifyInstance, answers: GraphqlAnswers, parts: Doors): void {
  for (const [url, environment] of Object.entries(doors)) {
    server.route({
      method: ['GET', 'POST'],
      url,
      bodyLimit: limits.largeBodyBytes,
      preParsing: ({ headers, raw }, reply, payload, done) => {
        const before = handedOn(raw);
        if (before) {
          done(null, before);
          return;
        }
        if (isForeignCharset(headers['content-type'] ?? '')) {
          done(Object.assign(new Error('unsupported charset'), { statusCode: 415 }));
        } else if (headers['transfer-encoding'] !== undefined) {
          done(null, Readable.from(measured(payload as AsyncIterable<Buffer>)));
        } else if (!isLarge(raw)) {
          done(null, payload);
        } else {
          admitLargeBody(parts, raw, environment).then(
            () => done(null, payload),
            (error: unknown) => {
              // Nobody reads what is still to come: a connection that stayed open would keep the service from ever stopping.
              void reply.header('connection', 'close');
              done(error as FastifyError);
            },
          );
        }
      },
      handler: executeGraphql(answers, (request, reply) => {
        void reply.header('cache-control', 'no-store');
        return whenThere(letIn(parts, request.raw, environment, request.id), ({ context, headers }) => {
          void reply.headers(headers);
          return context;
        });
      }),
    });
  }
}

/** Lets somebody in, with what the resolvers of their request are given. */
export const letIn = (parts: Doors, request: IncomingMessage, environment: Environment, requestId: string): Soon<LetIn> =>
  whenThere(authenticate(parts, request, environment, requestId), ({ principal, headers }) => {
    const context = contextOf(parts, requestId, principal, idempotencyKeyOf(request.headers));
    context.largeBody = isLarge(request);
    return { context, headers };
  });

/** What the resolvers of one request are given. */
export function contextOf(
  parts: Doors,
  requestId: string,
  principal: Principal | null,
  idempotencyKey: string | null = null,
): GraphContext {
  const { database, clock, quotas, withdrawals } = parts;
  const actOf = (whose: Principal): Act => new Act(whose, requestId, clock, database, withdrawals, quotas);
  return new GraphContext(requestId, principal, actOf, new Loaders(database.reader), parts, idempotencyKey);
}
