import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { fastifyApolloDrainPlugin } from '@as-integrations/fastify';
import {
  fastify,
  LogController,
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import { withoutValues } from '../database/index.js';
import type { GraphContext } from '../graphql/GraphContext.js';
import { limits, limitsPlugin } from '../graphql/limits.js';
import { KnownDocuments } from '../graphql/plans/KnownDocuments.js';
import { planned } from '../graphql/plans/planned.js';
import type { Readiness } from '../health/index.js';
import { type Attendance, Attendants, attendRequests } from './attend.js';
import { isPlain, openPlainDoors } from './doors/openPlainDoors.js';
import type { PlainDoors } from './doors/PlainDoors.js';
import { Problem, sendProblem } from './doors/problems.js';
import { verificationDoors } from './doors/verificationDoors.js';
import { clientError, type RefusedRequest } from './errors.js';
import { GraphqlAnswers } from './graphqlAnswers.js';
import { doors, letIn, openGraphqlDoors } from './graphqlDoors.js';
import { healthRoutes } from './health.js';
import { knownDoor } from './knownDoor.js';
import { nodeServer } from './nodeServer.js';
import { playgroundRoutes } from './playground.js';
import { requestIdOf, shield } from './requestId.js';
import { unavailablePlugin } from './unavailable.js';
import { verifiedAt } from './verified.js';
import { openSockets } from './sockets/openSockets.js';

/** What the server is made of. */
export type ServerParts = Omit<PlainDoors, 'verified'> &
  Attendance & {
    readonly schema: GraphQLSchema;
    readonly readiness: Readiness;
  };

/** Builds the HTTP server: the GraphQL doors and the plain ones, the playground, and health. It does not listen yet. */
export async function buildServer(parts: ServerParts): Promise<FastifyInstance> {
  const { log, schema, readiness, draining, meters } = parts;
  const verified = (code: string): void => verifiedAt(meters, 'graphql', code);
  const attendants = new Attendants(parts);
  const takesRequest = verificationDoors({ ...parts, verified }, { attendants, log });
  // Nothing is known before Apollo is there.
  let takesKnown: ReturnType<typeof knownDoor> = () => false;
  const loggerInstance: FastifyBaseLogger = log;
  const server: FastifyInstance = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    // Requests are told to the log by their id, where anything is: a logger of its own for each would be made in vain.
    childLoggerFactory: (logger) => logger,
    bodyLimit: limits.bodyBytes,
    // While the service ends, what was sent is answered.
    return503OnClosing: false,
    serverFactory: (others) =>
      nodeServer(
        (request, response) => takesRequest(request, response) || takesKnown(request, response, others),
        others,
        (error) => log.error({ err: withoutValues(error) }, 'a request could not be taken'),
      ),
    genReqId: ({ headers }) => requestIdOf(headers),
    // An address that cannot even be routed: no hook runs for it, and what Fastify says itself names Fastify (R60).
    frameworkErrors: (_error, request, reply) => {
      void shielded(request, reply).code(400).send(refusal('The address of this request cannot be read.', request.id));
    },
  });
  server.addHook('onRequest', (request, reply, done) => {
    shielded(request, reply);
    done();
  });
  attendRequests(server, attendants);
  const told = clientError(log);
  server.setErrorHandler((error: FastifyError | GraphQLError, request, reply) => {
    if (error instanceof GraphQLError) {
      const { status = 500, headers = new Map<string, string>() } = (error.extensions['http'] ?? {}) as RefusedRequest;
      return void reply
        .code(status)
        .headers(Object.fromEntries(headers))
        .send({ errors: [told(error.toJSON(), error)] });
    }
    const status = error.statusCode !== undefined && error.statusCode < 500 ? error.statusCode : 500;
    if (status === 500) log.error({ requestId: request.id, err: withoutValues(error) }, 'a request failed');
    void reply.code(status).send(status === 500 ? fault(request.id) : refusal(whatIsWrong(status), request.id));
  });
  server.setNotFoundHandler((request, reply) => {
    if (isPlain(request.url)) sendProblem(request, reply, new Problem(404, 'NOT_FOUND', 'There is nothing at this address.'));
    else void reply.code(404).send(refusal('There is nothing at this address: the API is at /graphql.', request.id));
  });

  const known = new KnownDocuments();
  const apollo = new ApolloServer<GraphContext>({
    gateway: planned(schema, known),
    introspection: true,
    hideSchemaDetailsFromClientErrors: true,
    includeStacktraceInErrorResponses: false,
    persistedQueries: false,
    parseOptions: { maxLexicalTokens: limits.tokens },
    validationOptions: { maxErrors: 5 },
    stopOnTerminationSignals: false,
    formatError: told,
    logger: log,
    plugins: [limitsPlugin, unavailablePlugin, fastifyApolloDrainPlugin(server), ...unneeded()],
  });
  await apollo.start();

  const answers = new GraphqlAnswers(apollo, known);
  const graphql = { ...parts, verified };
  openGraphqlDoors(server, answers, graphql);
  takesKnown = knownDoor({
    answers,
    attendants,
    log,
    environments: doors,
    letIn: (request, environment, requestId) => letIn(graphql, request, environment, requestId),
  });
  openSockets(server, schema, { ...parts, verified });
  healthRoutes(server, readiness, draining);
  openPlainDoors(server, { ...parts, verified });
  await playgroundRoutes(server);
  return server;
}

/**
 * What Apollo brings along unless it is told not to: hints for caches of answers that nobody may keep, for which it steps in at
 * every field; reports to its makers, which a variable of the environment would switch on; and a page that loads scripts of theirs.
 */
const unneeded = () => [
  ApolloServerPluginCacheControlDisabled(),
  ApolloServerPluginInlineTraceDisabled(),
  ApolloServerPluginLandingPageDisabled(),
  ApolloServerPluginSchemaReportingDisabled(),
  ApolloServerPluginUsageReportingDisabled(),
];

const shielded = (request: FastifyRequest, reply: FastifyReply): FastifyReply => reply.header('x-request-id', request.id).headers(shield);

const refusal = (message: string, requestId: string) => ({ errors: [{ message, extensions: { code: 'BAD_REQUEST', requestId } }] });

const fault = (requestId: string) => ({
  errors: [
    {
      message: 'Something went wrong on our side. Tell the operator the requestId.',
      extensions: { code: 'INTERNAL_SERVER_ERROR', requestId },
    },
  ],
});

function whatIsWrong(status: number): string {
  if (status === 413) return `The request is larger than ${limits.bodyBytes / 1024} KiB.`;
  if (status === 415) return 'Send the request as application/json in UTF-8.';
  return 'The request could not be read: send a JSON object with `query` and, if you need them, `variables`.';
}
