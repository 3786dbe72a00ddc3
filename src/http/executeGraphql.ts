import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Soon, whenThere } from '../domain/index.js';
import type { GraphContext } from '../graphql/GraphContext.js';
import type { GraphqlAnswers } from './graphqlAnswers.js';

/** What the resolvers of a request are given; may refuse the request as a whole. */
export type ContextOf = (request: FastifyRequest, reply: FastifyReply) => Soon<GraphContext>;

/** Answers a GraphQL request that Fastify has read. Its address is taken apart where there is something in it: in a GET. */
export const executeGraphql =
  (answers: GraphqlAnswers, contextOf: ContextOf) =>
  (request: FastifyRequest, reply: FastifyReply): Soon<void> => {
    const { body, headers, method } = request;
    const sent = { body, headers, method, search: method === 'GET' ? searchOf(request) : '' };
    const answer = answers.answer(sent, answers.asked(sent), () => contextOf(request, reply));
    return whenThere(answer, ({ status, headers: more, body: text }) => {
      void reply
        .code(status)
        .headers(more)
        .send(typeof text === 'string' ? text : Readable.from(text));
    });
  };

const searchOf = ({ url }: FastifyRequest): string => (url.includes('?') ? url.slice(url.indexOf('?')) : '');
