import { defaultFieldResolver, type GraphQLSchema } from 'graphql';

/** Runs one root field. */
type AroundRoot = <T>(name: string, attributes: Record<string, string>, answer: () => Promise<T>) => Promise<T>;

/** Puts something around each root field of queries and mutations, so that what it does is told apart from what others of its request do. */
export function aroundRoots(schema: GraphQLSchema, around: AroundRoot): GraphQLSchema {
  for (const [operation, type] of [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
  ] as const) {
    for (const field of Object.values(type?.getFields() ?? {})) {
      const resolve = field.resolve ?? defaultFieldResolver;
      const attributes = { 'graphql.operation.type': operation, 'graphql.field.name': field.name };
      field.resolve = (source, args, context, info) =>
        around(`${operation} ${field.name}`, attributes, async () => await resolve(source, args as Record<string, unknown>, context, info));
    }
  }
  return schema;
}
