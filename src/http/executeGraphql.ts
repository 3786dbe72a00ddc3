import { Readable } from 'node:stream';
import { type ApolloServer, HeaderMap } from '@apollo/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GraphContext } from '../graphql/GraphContext.js';

/** What the resolvers of a request are given; may refuse the request as a whole. */
export type ContextOf = (request: FastifyRequest, reply: FastifyReply) => Promise<GraphContext>;

/** Answers a GraphQL request through Apollo. Its address is taken apart where there is something in it: in a GET. */
export const executeGraphql =
  (apollo: ApolloServer<GraphContext>, contextOf: ContextOf) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<string | FastifyReply> => {
    const { body, method } = request;
    const answer = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { body, method, headers: headersOf(request), search: method === 'GET' ? searchOf(request) : '' },
      context: () => contextOf(request, reply),
    });
    for (const [name, value] of answer.headers) void reply.header(name, value);
    void reply.code(answer.status ?? 200);
    return answer.body.kind === 'complete' ? answer.body.string : reply.send(Readable.from(answer.body.asyncIterator));
  };

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
