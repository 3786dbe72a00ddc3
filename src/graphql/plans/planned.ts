import type { ApolloServerOptionsWithGateway } from '@apollo/server';
import { type DocumentNode, execute, type ExecutionResult, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import type { GraphContext } from '../GraphContext.js';
import type { KnownDocuments } from './KnownDocuments.js';
import { Plan } from './Plan.js';

/** Plans of one schema's operations, null of those that have none; Apollo keeps operations, parsed, as long as they are asked again. */
const plans = new WeakMap<OperationDefinitionNode, Plan | null>();

function planOf(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): Plan | null {
  let plan = plans.get(operation);
  if (plan === undefined) {
    plan = Plan.of(schema, document, operation);
    plans.set(operation, plan);
  }
  return plan;
}

/** What is executed for a request, validated. */
export interface Asked {
  /** The document as it was sent. */
  readonly source: string;
  readonly document: DocumentNode;
  /** None where the document has none of the name that was asked for. */
  readonly operation: OperationDefinitionNode | undefined;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
  readonly context: GraphContext;
}

/** Executes by the plan of the operation, and without one, or with variables that are not right, as GraphQL does. */
export async function executePlanned(
  schema: GraphQLSchema,
  known: KnownDocuments,
  { source, document, operation, operationName, variables, context }: Asked,
): Promise<ExecutionResult> {
  if (context.executed) return context.executed;
  const plan = operation && planOf(schema, document, operation);
  if (plan && context.principal) known.accepted(source, operationName, plan);
  const answer = plan ? await plan.run(context, variables ?? {}) : null;
  return answer ?? (await execute({ schema, document, contextValue: context, variableValues: variables, operationName }));
}

/** The schema for Apollo, executed by plans where there are any: a gateway is what it lets execute in its stead. */
export const planned = (schema: GraphQLSchema, known: KnownDocuments): ApolloServerOptionsWithGateway<GraphContext>['gateway'] => ({
  onSchemaLoadOrUpdate: (tell) => {
    tell({ apiSchema: schema, coreSupergraphSdl: '' });
    return () => undefined;
  },
  load: () =>
    Promise.resolve({
      executor: ({ source, document, operation, request: { operationName, variables }, context }) =>
        executePlanned(schema, known, { source, document, operation, operationName, variables, context: context as GraphContext }),
    }),
  stop: () => Promise.resolve(),
});
