import {
  type DocumentNode,
  type ExecutionResult,
  type FieldNode,
  getNamedType,
  type GraphQLError,
  type GraphQLObjectType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  OperationTypeNode,
  TypeNameMetaFieldDef,
} from 'graphql';
import { orElse, type Soon, whenThere } from '../../domain/index.js';
import type { GraphContext } from '../GraphContext.js';
import { type Complete, completion, failed, UNUSUAL_KEY } from './completion.js';
import { argumentsOf, type Values, variablesOf } from './inputs.js';
import { fragmentsOf, type Fragments, hasDirectives, selected } from './selected.js';

type Field = ReturnType<GraphQLObjectType['getFields']>[string];

/** A mutation that is called. */
interface Call {
  readonly key: string;
  readonly nodes: readonly FieldNode[];
  readonly field: Field;
  readonly resolve: NonNullable<Field['resolve']>;
  readonly argumentsFrom: (variables: Values) => Record<string, unknown>;
  readonly complete: Complete;
}

/** What is written in the answer under a key: what a mutation answers, or a text that is always the same. */
type Step = Call | { readonly key: string; readonly constant: string };

/** A plan while it runs. */
interface Running {
  readonly context: GraphContext;
  readonly variables: Values;
  readonly data: Record<string, unknown>;
  readonly errors: GraphQLError[];
}

/**
 * An operation that was looked through once: mutations whose answers are read from what their resolvers return, and need no resolver
 * of their own. Verification is asked like that, thousands of times a second with the same document, and reading 20 fields by the
 * general rules took longer than the decision. It answers as graphql-js does, to the byte; what is any more than that has no plan.
 */
export class Plan {
  private constructor(
    private readonly schema: GraphQLSchema,
    private readonly operation: OperationDefinitionNode,
    private readonly fragments: Fragments,
    private readonly parent: GraphQLObjectType,
    private readonly steps: readonly Step[],
    private readonly variablesFrom: (given: Values) => Values | null,
  ) {}

  /** The plan of a validated operation; null where it has none. */
  static of(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): Plan | null {
    const parent = schema.getMutationType();
    if (operation.operation !== OperationTypeNode.MUTATION || !parent || hasDirectives(document)) return null;
    const variablesFrom = variablesOf(schema, operation);
    if (!variablesFrom) return null;
    const fragments = fragmentsOf(document);
    const steps: Step[] = [];
    for (const [key, nodes] of selected(schema, fragments, parent, [operation.selectionSet])) {
      const step = stepOf(schema, fragments, parent, key, nodes);
      if (!step) return null;
      steps.push(step);
    }
    return new Plan(schema, operation, fragments, parent, steps, variablesFrom);
  }

  /** Runs it, one mutation after the other; null, and nothing was done, where its variables are not right. */
  run(context: GraphContext, given: Values): Soon<ExecutionResult | null> {
    const variables = this.variablesFrom(given);
    if (!variables) return null;
    const running: Running = { context, variables, data: {}, errors: [] };
    return orElse(
      () => this.goOn(running, 0),
      (error) => ({ errors: [...running.errors, error as GraphQLError], data: null }),
    );
  }

  /** At once as far as it can be: what waits for nothing is answered before anything else comes between. */
  private goOn(running: Running, from: number): Soon<ExecutionResult> {
    const { data, errors } = running;
    for (const [index, step] of this.steps.entries()) {
      if (index < from) continue;
      const value = 'constant' in step ? step.constant : this.call(step, running);
      if (value instanceof Promise) {
        return value.then((answer: unknown) => {
          data[step.key] = answer;
          return this.goOn(running, index + 1);
        });
      }
      data[step.key] = value;
    }
    return errors.length === 0 ? { data } : { errors, data };
  }

  private call(
    { key, nodes, field, resolve, argumentsFrom, complete }: Call,
    { context, variables: variableValues, errors }: Running,
  ): Soon<unknown> {
    const { schema, operation, fragments, parent } = this;
    const place = { prev: undefined, key, typename: parent.name };
    const about = { fieldName: field.name, fieldNodes: nodes, returnType: field.type, parentType: parent, path: place };
    return orElse(
      () => {
        const info = { ...about, schema, fragments, rootValue: undefined, operation, variableValues };
        const value = resolve(undefined, argumentsFrom(variableValues), context, info);
        return whenThere(value, (there) => complete(there, place, errors));
      },
      (error) => failed(error, field.type, nodes, place, errors),
    );
  }
}

function stepOf(
  schema: GraphQLSchema,
  fragments: Fragments,
  parent: GraphQLObjectType,
  key: string,
  nodes: readonly FieldNode[],
): Step | null {
  const [node] = nodes;
  const name = node?.name.value ?? '';
  if (name === TypeNameMetaFieldDef.name) return { key, constant: parent.name };
  const field = parent.getFields()[name];
  // What a page costs depends on variables, and is measured for each request.
  const isPage = field !== undefined && getNamedType(field.type).name.endsWith('Connection');
  if (!node || !field?.resolve || key === UNUSUAL_KEY || isPage) return null;
  const complete = completion({ schema, fragments }, field.type, nodes, `${parent.name}.${name}`);
  return complete && { key, nodes, field, resolve: field.resolve, argumentsFrom: argumentsOf(field, node), complete };
}
