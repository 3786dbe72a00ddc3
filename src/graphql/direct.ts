import { type GraphQLFieldResolver, type GraphQLSchema, isObjectType } from 'graphql';
import { getMetadataStorage } from 'type-graphql';
import type { GraphContext } from './GraphContext.js';

type Resolve = GraphQLFieldResolver<unknown, GraphContext>;
type Handler = Readonly<Record<string, (...parameters: readonly unknown[]) => unknown>>;

/**
 * Lets GraphQL itself read the fields of these types that no resolver serves. type-graphql puts a function of its own before each
 * of them, which reads the same property.
 */
export function readDirectly(schema: GraphQLSchema, types: readonly string[]): GraphQLSchema {
  const { fieldResolvers, objectTypes } = getMetadataStorage();
  for (const name of types) {
    const type = schema.getType(name);
    const declared = objectTypes.find((each) => each.name === name);
    if (!isObjectType(type) || !declared || type.getInterfaces().length > 0) throw new Error(`${name} cannot be read directly`);
    const resolved = fieldResolvers.filter(({ getObjectType }) => getObjectType?.() === declared.target);
    for (const field of Object.values(type.getFields())) {
      if (!resolved.some(({ schemaName }) => schemaName === field.name)) delete field.resolve;
    }
  }
  return schema;
}

/**
 * Calls these mutations with their arguments as GraphQL has read them. type-graphql makes an instance of each input first, for
 * which it looks among all inputs of the schema, each time anew. For those that zod parses, and that are called at each use of a key.
 */
export function callDirectly(schema: GraphQLSchema, names: readonly string[]): GraphQLSchema {
  const fields = schema.getMutationType()?.getFields() ?? {};
  for (const name of names) {
    const field = fields[name];
    const mutation = getMetadataStorage().mutations.find(({ schemaName }) => schemaName === name);
    if (!field || !mutation) throw new Error(`there is no mutation ${name}`);
    const parameters = (mutation.params ?? []).toSorted((a, b) => a.index - b.index).map(parameterOf(name));
    const resolver = new (mutation.target as new () => Handler)();
    const handle = resolver[mutation.methodName]?.bind(resolver);
    if (!handle) throw new Error(`nothing handles ${name}`);
    const resolve: Resolve = (_source, args, context) => handle(...parameters.map((parameter) => parameter(args as Arguments, context)));
    field.resolve = resolve as NonNullable<typeof field.resolve>;
  }
  return schema;
}

type Arguments = Readonly<Record<string, unknown>>;
type Parameter = (args: Arguments, context: GraphContext) => unknown;

/** Where a parameter of a handler comes from: its arguments, or what belongs to the request. */
const parameterOf =
  (mutation: string) =>
  (parameter: { readonly kind: string; readonly name?: string }): Parameter => {
    const { kind, name } = parameter;
    if (kind === 'context') return (_args, context) => context;
    if (kind === 'arg' && name !== undefined) return (args) => args[name];
    throw new Error(`${mutation} takes something that cannot be handed to it directly: ${kind}`);
  };
