import type { IncomingHttpHeaders } from 'node:http';
import { type ApolloServer, HeaderMap } from '@apollo/server';
import { orElse, type Soon, whenThere } from '../domain/index.js';
import { GraphContext } from '../graphql/GraphContext.js';
import type { KnownDocuments, KnownRequest } from '../graphql/plans/KnownDocuments.js';

/** A GraphQL request, read. */
export interface Sent {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
  /** The address from its `?`, of a GET. */
  readonly search: string;
}

/** What a GraphQL request is answered, beside the headers that do not come of its execution. */
export interface GraphqlAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | AsyncIterable<string>;
}

/** What Apollo never takes for a form that a browser sent from elsewhere, and what Fastify reads as JSON in UTF-8. */
const USUAL_TYPES: readonly (string | undefined)[] = [
  'application/json',
  'application/json; charset=utf-8',
  'application/json;charset=utf-8',
];

/** Whether a request is one that may be known, as far as its headers tell. */
export const isUsual = ({ method, headers }: Pick<Sent, 'method' | 'headers'>): boolean =>
  method === 'POST' && USUAL_TYPES.includes(headers['content-type']);

/** What was thrown instead of a context. */
interface Thrown {
  readonly thrown: unknown;
}

/**
 * Answers GraphQL requests: by its plan one whose document is known, and else through Apollo. What is no plain success is always
 * put into words by Apollo: a refusal, variables that are not right, whatever went wrong.
 */
export class GraphqlAnswers {
  constructor(
    private readonly apollo: ApolloServer<GraphContext>,
    private readonly known: KnownDocuments,
  ) {}

  /** What is asked, where it is known. */
  asked(sent: Sent): KnownRequest | null {
    return isUsual(sent) ? this.known.asked(sent.body, sent.headers.accept) : null;
  }

  /** Answers; `contextOf` may refuse the request as a whole. */
  answer(sent: Sent, asked: KnownRequest | null, contextOf: () => Soon<GraphContext>): Soon<GraphqlAnswer> {
    if (!asked) return this.throughApollo(sent, contextOf);
    const context = orElse(contextOf, (error): Thrown => ({ thrown: error }));
    return whenThere(context, (there) => (there instanceof GraphContext ? this.answerKnown(sent, asked, there) : this.refuse(sent, there)));
  }

  private answerKnown(sent: Sent, asked: KnownRequest, context: GraphContext): Soon<GraphqlAnswer> {
    // Strangers may be refused because of the document, and so may whoever sends too much.
    if (!context.principal || context.largeBody) return this.throughApollo(sent, () => context);
    return whenThere(asked.plan.run(context, asked.variables), (executed) => {
      if (executed && !executed.errors) {
        return { status: 200, headers: { 'content-type': asked.contentType }, body: `${JSON.stringify(executed)}\n` };
      }
      context.executed = executed;
      return this.throughApollo(sent, () => context);
    });
  }

  private refuse(sent: Sent, { thrown }: Thrown): Promise<GraphqlAnswer> {
    return this.throughApollo(sent, () => {
      throw thrown;
    });
  }

  private async throughApollo(sent: Sent, contextOf: () => Soon<GraphContext>): Promise<GraphqlAnswer> {
    const { body, method, headers, search } = sent;
    const answer = await this.apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { body, method, headers: headersOf(headers), search },
      context: async () => await contextOf(),
    });
    const status = answer.status ?? 200;
    if (answer.body.kind === 'complete' && status === 200 && isUsual(sent)) {
      this.known.answered(headers.accept, answer.headers.get('content-type'));
    }
    const text = answer.body.kind === 'complete' ? answer.body.string : answer.body.asyncIterator;
    return { status, headers: Object.fromEntries(answer.headers), body: text };
  }
}

/** What Apollo reads: how the body is written, how the answer may be, and that no form of a browser sent it. The rest would be copied in vain. */
const READ = ['content-type', 'accept', 'x-apollo-operation-name', 'apollo-require-preflight'];

function headersOf(headers: IncomingHttpHeaders): HeaderMap {
  const map = new HeaderMap();
  for (const name of READ) {
    const value = headers[name];
    if (value) map.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return map;
}
