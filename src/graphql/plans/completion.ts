import {
  type FieldNode,
  GraphQLError,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  locatedError,
  responsePathAsArray,
  TypeNameMetaFieldDef,
} from 'graphql';
import { type Fragments, selected } from './selected.js';

/** Where a value stands in the answer. */
export interface Place {
  readonly prev: Place | undefined;
  readonly key: string | number;
  readonly typename: string | undefined;
}

/** Turns a value into what is answered; what is wrong with parts that may be null goes to `errors`, the rest is thrown. */
export type Complete = (value: unknown, place: Place, errors: GraphQLError[]) => unknown;

/** What is compiled, and for whom. */
export interface Compiling {
  readonly schema: GraphQLSchema;
  readonly fragments: Fragments;
}

/** The one key that an object does not simply hold. */
export const UNUSUAL_KEY = '__proto__';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

/**
 * How the values of a field are completed, by the rules of GraphQL (section 6.4.3), as graphql-js does it; null where that takes
 * more than reading what is there: a resolver, arguments, an interface.
 */
export function completion(compiling: Compiling, type: GraphQLOutputType, nodes: readonly FieldNode[], field: string): Complete | null {
  if (isNonNullType(type)) {
    const complete = completion(compiling, type.ofType, nodes, field);
    return complete && neverNull(complete, field);
  }
  if (isListType(type)) {
    const complete = completion(compiling, type.ofType, nodes, field);
    return complete && eachOf(complete, type.ofType, nodes, field);
  }
  if (isLeafType(type)) return leaf((value) => type.serialize(value), field);
  return isObjectType(type) ? objectOf(compiling, type, nodes) : null;
}

const neverNull =
  (complete: Complete, field: string): Complete =>
  (value, place, errors) => {
    const completed = complete(value, place, errors);
    if (completed === null) throw new Error(`Cannot return null for non-nullable field ${field}.`);
    return completed;
  };

function leaf(serialize: (value: unknown) => unknown, field: string): Complete {
  return (value) => {
    if (value instanceof Error) throw value;
    if (value === null || value === undefined) return null;
    const serialized = serialize(value);
    if (serialized === null || serialized === undefined) throw new Error(`${field} was serialized to nothing`);
    return serialized;
  };
}

function eachOf(complete: Complete, type: GraphQLOutputType, nodes: readonly FieldNode[], field: string): Complete {
  return (value, place, errors) => {
    if (value instanceof Error) throw value;
    if (value === null || value === undefined) return null;
    if (!isObject(value) || typeof value[Symbol.iterator as unknown as string] !== 'function') {
      throw new GraphQLError(`Expected Iterable, but did not find one for field "${field}".`);
    }
    return Array.from(value as unknown as Iterable<unknown>, (item, index) => {
      const at = { prev: place, key: index, typename: undefined };
      try {
        return complete(item, at, errors);
      } catch (error) {
        return failed(error, type, nodes, at, errors);
      }
    });
  };
}

/** A field of an object that is read from it. */
interface Read {
  readonly key: string;
  readonly property: string;
  readonly type: GraphQLOutputType;
  readonly nodes: readonly FieldNode[];
  readonly complete: Complete;
}

function objectOf(compiling: Compiling, type: GraphQLObjectType, nodes: readonly FieldNode[]): Complete | null {
  if (type.isTypeOf) return null;
  const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
  const reads: Read[] = [];
  for (const [key, found] of selected(compiling.schema, compiling.fragments, type, sets)) {
    const read = key === UNUSUAL_KEY ? null : readOf(compiling, type, key, found);
    if (!read) return null;
    reads.push(read);
  }
  const typename = type.name;
  return (value, place, errors) => {
    if (value instanceof Error) throw value;
    if (value === null || value === undefined) return null;
    const source = isObject(value) ? value : undefined;
    const answer: Record<string, unknown> = {};
    for (const read of reads) answer[read.key] = readField(read, source?.[read.property], place, typename, errors);
    return answer;
  };
}

function readField({ key, type, nodes, complete }: Read, value: unknown, prev: Place, typename: string, errors: GraphQLError[]): unknown {
  const place: Place = { prev, key, typename };
  try {
    return complete(value, place, errors);
  } catch (error) {
    return failed(error, type, nodes, place, errors);
  }
}

function readOf(compiling: Compiling, parent: GraphQLObjectType, key: string, nodes: readonly FieldNode[]): Read | null {
  const property = nodes[0]?.name.value ?? '';
  if (property === TypeNameMetaFieldDef.name) return { key, property, nodes, type: TypeNameMetaFieldDef.type, complete: () => parent.name };
  const field = parent.getFields()[property];
  if (!field || field.resolve || field.args.length > 0) return null;
  const complete = completion(compiling, field.type, nodes, `${parent.name}.${property}`);
  return complete && { key, property, nodes, type: field.type, complete };
}

/** What stands where a value could not be had: null where that may be, and else what is around it fails too. */
export function failed(error: unknown, type: GraphQLOutputType, nodes: readonly FieldNode[], place: Place, errors: GraphQLError[]): null {
  const located = locatedError(error, nodes, responsePathAsArray(place));
  if (isNonNullType(type)) throw located;
  errors.push(located);
  return null;
}
