import { Readable } from 'node:stream';
import { type ApolloServer, HeaderMap } from '@apollo/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { orElse, type Soon, whenThere } from '../domain/index.js';
import { GraphContext } from '../graphql/GraphContext.js';
import type { KnownDocuments, KnownRequest } from '../graphql/plans/KnownDocuments.js';

/** What the resolvers of a request are given; may refuse the request as a whole. */
export type ContextOf = (request: FastifyRequest, reply: FastifyReply) => Soon<GraphContext>;

/** What Fastify is told: nothing where the answer was sent already. */
type Told = Soon<unknown>;

/**
 * Answers a GraphQL request: by its plan where its document is known, and else through Apollo. What is no plain success is always
 * put into words by Apollo: a refusal, variables that are not right, whatever went wrong.
 */
export const executeGraphql =
  (apollo: ApolloServer<GraphContext>, known: KnownDocuments, contextOf: ContextOf) =>
  (request: FastifyRequest, reply: FastifyReply): Told => {
    const asked = isUsual(request) ? known.asked(request.body, request.headers.accept) : null;
    if (!asked) return throughApollo(apollo, known, request, reply, () => contextOf(request, reply));
    const context = orElse(() => contextOf(request, reply), thrown);
    return whenThere(context, (there) => answerKnown(asked, reply, there, (then) => throughApollo(apollo, known, request, reply, then)));
  };

/** What Apollo never takes for a form that a browser sent from elsewhere, and what Fastify has read as JSON. */
const USUAL_TYPES: readonly (string | undefined)[] = [
  'application/json',
  'application/json; charset=utf-8',
  'application/json;charset=utf-8',
];
const isUsual = ({ method, headers }: FastifyRequest): boolean => method === 'POST' && USUAL_TYPES.includes(headers['content-type']);

/** What was thrown instead of a context. */
interface Thrown {
  readonly thrown: unknown;
}
const thrown = (error: unknown): Thrown => ({ thrown: error });

type ThroughApollo = (context: () => Soon<GraphContext>) => Told;

function answerKnown(asked: KnownRequest, reply: FastifyReply, context: GraphContext | Thrown, throughApollo: ThroughApollo): Told {
  if (!(context instanceof GraphContext)) {
    return throughApollo(() => {
      throw context.thrown;
    });
  }
  // Strangers may be refused because of the document, and so may whoever sends too much.
  if (!context.principal || context.largeBody) return throughApollo(() => context);
  return whenThere(asked.plan.run(context, asked.variables), (executed) => {
    if (executed && !executed.errors) {
      void reply
        .code(200)
        .header('content-type', asked.contentType)
        .send(`${JSON.stringify(executed)}\n`);
      return undefined;
    }
    context.executed = executed;
    return throughApollo(() => context);
  });
}

/** The address is taken apart where there is something in it: in a GET. */
async function throughApollo(
  apollo: ApolloServer<GraphContext>,
  known: KnownDocuments,
  request: FastifyRequest,
  reply: FastifyReply,
  contextOf: () => Soon<GraphContext>,
): Promise<string | FastifyReply> {
  const { body, method } = request;
  const answer = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { body, method, headers: headersOf(request), search: method === 'GET' ? searchOf(request) : '' },
    context: async () => await contextOf(),
  });
  for (const [name, value] of answer.headers) void reply.header(name, value);
  void reply.code(answer.status ?? 200);
  if (answer.body.kind !== 'complete') return reply.send(Readable.from(answer.body.asyncIterator));
  if (isUsual(request) && reply.statusCode === 200) known.answered(request.headers.accept, answer.headers.get('content-type'));
  return answer.body.string;
}

const searchOf = ({ url }: FastifyRequest): string => (url.includes('?') ? url.slice(url.indexOf('?')) : '');

/** What Apollo reads: how the body is written, how the answer may be, and that no form of a browser sent it. The rest would be copied in vain. */
const READ = ['content-type', 'accept', 'x-apollo-operation-name', 'apollo-require-preflight'];

function headersOf({ headers }: FastifyRequest): HeaderMap {
  const map = new HeaderMap();
  for (const name of READ) {
    const value = headers[name];
    if (value) map.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return map;
}
