import type { ApolloServerPlugin } from '@apollo/server';
import { type DocumentNode, GraphQLError, type GraphQLSchema, Kind, type OperationDefinitionNode, OperationTypeNode, visit } from 'graphql';
import type { GraphContext } from './GraphContext.js';
import { measure } from './measure.js';

/** How large a request may be. */
export const limits = {
  /** Of the request's body. */
  bodyBytes: 256 * 1024,
  /** Of the body of a signed-in person's request that does nothing but `largeOperation`. */
  largeBodyBytes: 4 * 1024 * 1024,
  /** Of a document, refused by the parser before it is read on. */
  tokens: 1_000,
  /** Levels of fields; the usual introspection query has 15. */
  depth: 16,
  /** Renamed fields in the whole operation. */
  aliases: 30,
  /** Things that an operation may load at the most, lists multiplied. */
  cost: 20_000,
} as const;

/** The one field that takes more than others: thousands of keys. */
const largeOperation = 'importApiKeys';

/** Refused before execution: without a status of its own Apollo would answer 500, as for a fault of ours. */
const refused = (
  code: 'BAD_REQUEST' | 'QUERY_TOO_COMPLEX' | 'UNAUTHENTICATED' | 'OPERATION_RESOLUTION_FAILURE',
  status: number,
  message: string,
): GraphQLError => new GraphQLError(message, { extensions: { code, http: { status } } });

const tooComplex = (message: string): GraphQLError => refused('QUERY_TOO_COMPLEX', 400, message);

/** Whether an operation does nothing but what may be large, and that once. */
const isLarge = ({ selectionSet: { selections } }: OperationDefinitionNode): boolean =>
  selections.length === 1 && selections.every((field) => field.kind === Kind.FIELD && field.name.value === largeOperation);

function asksForSchema(document: DocumentNode): boolean {
  let asks = false;
  visit(document, {
    [Kind.FIELD](node) {
      if (node.name.value === '__schema' || node.name.value === '__type') asks = true;
    },
  });
  return asks;
}

/** Refuses an operation that is too large, before anything of it is executed. */
export function assertWithinLimits(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): void {
  const { depth, aliases, cost } = measure(schema, document, operation, variables);
  if (depth > limits.depth) throw tooComplex(`The operation is ${depth} levels deep; ${limits.depth} are allowed: ask in several steps.`);
  if (aliases > limits.aliases)
    throw tooComplex(`The operation renames ${aliases} fields; ${limits.aliases} are allowed: ask in several steps.`);
  if (cost > limits.cost) {
    throw tooComplex(
      `The operation might load ${cost} things; ${limits.cost} are allowed: ask for smaller pages (first), or in several steps.`,
    );
  }
}

/** Refuses, before anything is executed, operations that are too large, and introspection by strangers. */
export const limitsPlugin: ApolloServerPlugin<GraphContext> = {
  requestDidStart: () =>
    Promise.resolve({
      didResolveOperation({ schema, document, operation, request, contextValue }) {
        if (!operation) return Promise.resolve();
        if (operation.operation === OperationTypeNode.SUBSCRIPTION) {
          throw refused(
            'OPERATION_RESOLUTION_FAILURE',
            400,
            'Subscriptions are answered over a WebSocket (graphql-transport-ws), at this same address.',
          );
        }
        if (contextValue.largeBody && !isLarge(operation)) {
          throw refused(
            'BAD_REQUEST',
            413,
            `The request is larger than ${limits.bodyBytes / 1024} KiB: only ${largeOperation}, alone, may be.`,
          );
        }
        assertWithinLimits(schema, document, operation, request.variables ?? {});
        if (!contextValue.principal && asksForSchema(document)) {
          throw refused('UNAUTHENTICATED', 401, 'The schema is shown to authenticated callers: sign in, or send an API key.');
        }
        return Promise.resolve();
      },
    }),
};
