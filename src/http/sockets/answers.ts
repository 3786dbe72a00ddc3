import { randomUUID } from 'node:crypto';
import {
  type ExecutionArgs,
  getOperationAST,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import type { ServerOptions } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Principal } from '../../access/index.js';
import type { Environment } from '../../authority/index.js';
import type { GraphContext } from '../../graphql/GraphContext.js';
import { assertWithinLimits, limits } from '../../graphql/limits.js';
import type { Knock } from '../authenticate.js';
import { enterRequest } from '../requestScope.js';
import type { Holders } from './Holders.js';

/** What belongs to one socket. */
export interface SocketExtra {
  readonly socket: WebSocket;
  readonly environment: Environment;
  /** The credentials among the headers of its upgrade, and the other end. */
  readonly knock: Knock;
  principal: Principal | null;
}

/** What answers are made with. */
export interface AnswerParts {
  readonly schema: GraphQLSchema;
  readonly holders: Holders;
  readonly contextOf: (requestId: string, principal: Principal) => GraphContext;
  /** The one mapper of what was thrown to what clients read. */
  readonly told: (formatted: GraphQLFormattedError, thrown: unknown) => GraphQLFormattedError;
}

const MOST_SUBSCRIPTIONS = 20;
const HANDSHAKE_MS = 3_000;
const MOST_ERRORS = 5;

const refused = (code: string, message: string): GraphQLError => new GraphQLError(message, { extensions: { code } });
const coded = (code: string, { message, nodes, source, positions }: GraphQLError): GraphQLError =>
  new GraphQLError(message, { nodes: nodes ?? null, source: source ?? null, positions: positions ?? null, extensions: { code } });

/** How a socket answers: who opens it is authenticated first, and nothing but subscriptions is answered, within the limits of HTTP. */
export function answersOf({ schema, holders, contextOf, told }: AnswerParts): ServerOptions<Record<string, unknown>, SocketExtra> {
  const formatted = (requestId: string, errors: readonly GraphQLError[]): GraphQLFormattedError[] => {
    const all: GraphQLFormattedError[] = [];
    enterRequest({ id: requestId, door: null }, () => all.push(...errors.map((error) => told(error.toJSON(), error))));
    return all;
  };
  return {
    connectionInitWaitTimeout: HANDSHAKE_MS,
    onConnect: async ({ extra, connectionParams }) => {
      try {
        extra.principal = await holders.admit(extra.socket, withParameters(extra.knock, connectionParams), extra.environment);
        return true;
      } catch (error) {
        extra.socket.close(...closing(error));
        // graphql-ws would go on to acknowledge; what it sends to a socket that closes is dropped.
        return false;
      }
    },
    onSubscribe: async ({ extra, subscriptions }, _id, payload) => {
      if (Object.keys(subscriptions).length > MOST_SUBSCRIPTIONS) {
        return [refused('BAD_REQUEST', `At most ${MOST_SUBSCRIPTIONS} subscriptions at once on one socket.`)];
      }
      try {
        // A subscription is one request, and counts as one (DESIGN 4).
        extra.principal = await holders.use(extra.socket);
      } catch (error) {
        if (error instanceof GraphQLError) return [error];
        throw error;
      }
      const { principal } = extra;
      if (!principal) return [refused('UNAUTHENTICATED', 'Nobody is authenticated on this socket.')];
      return prepared(schema, payload, contextOf(randomUUID(), principal));
    },
    onNext: async ({ extra }, _id, _payload, args, result) => {
      await holders.check(extra.socket);
      if (!result.errors) return;
      const { requestId } = args.contextValue as GraphContext;
      return { data: result.data ?? null, errors: formatted(requestId, result.errors) };
    },
    onError: (_context, _id, _payload, errors) => formatted(randomUUID(), errors),
    onDisconnect: ({ extra }) => holders.leave(extra.socket),
    onClose: ({ extra }) => holders.leave(extra.socket),
  };
}

interface Asked {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Record<string, unknown> | null | undefined;
}

/** The operation, ready to be run, or what is wrong with it. */
function prepared(
  schema: GraphQLSchema,
  { query, operationName, variables }: Asked,
  context: GraphContext,
): ExecutionArgs | GraphQLError[] {
  try {
    const document = parse(query, { maxLexicalTokens: limits.tokens });
    const errors = validate(schema, document, specifiedRules, { maxErrors: MOST_ERRORS });
    if (errors.length > 0) return errors.map((error) => coded('GRAPHQL_VALIDATION_FAILED', error));
    const operation = getOperationAST(document, operationName);
    if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) {
      return [refused('OPERATION_RESOLUTION_FAILURE', 'Only subscriptions are answered here: send queries and mutations over HTTP.')];
    }
    assertWithinLimits(schema, document, operation, variables ?? {});
    return { schema, document, operationName: operationName ?? null, variableValues: variables ?? null, contextValue: context };
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return [error.extensions['code'] === undefined ? coded('GRAPHQL_PARSE_FAILED', error) : error];
  }
}

/** The credentials of the upgrade and of the connection's parameters, as headers: two of them are refused as over HTTP (R85). */
function withParameters({ rawHeaders, headers, socket }: Knock, parameters: Record<string, unknown> = {}): Knock {
  const given = Object.entries(parameters)
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => name === 'authorization' || name === 'x-api-key')
    .map(([name, value]) => [name, typeof value === 'string' ? value : ''] as const);
  return { rawHeaders: [...rawHeaders, ...given.flat()], headers: { ...headers, ...Object.fromEntries(given) }, socket };
}

/** How a socket that is not let in is closed: a code of the protocol, and why. */
function closing(error: unknown): [number, string] {
  if (!(error instanceof GraphQLError)) return [1011, 'Internal error'];
  const codes: Readonly<Record<string, number>> = { UNAUTHENTICATED: 4401, BAD_REQUEST: 4400, UNAVAILABLE: 1013, RATE_LIMITED: 1013 };
  // A reason is 123 bytes at the most.
  return [codes[String(error.extensions['code'])] ?? 1011, error.message.slice(0, 120)];
}
