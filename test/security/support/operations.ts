import {
  getNamedType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isUnionType,
} from 'graphql';
import { rootAccess, type RootAccess } from '../../../src/graphql/accessTable.js';
import { assembleSchema } from '../../../src/graphql/schema.js';
import { type Ids, overrides, valueByName } from './values.js';

/** The schema that the service serves. */
export const schema = assembleSchema();

/** A root field with its line of the access table. */
export interface Root {
  readonly kind: 'Query' | 'Mutation';
  readonly name: string;
  readonly access: RootAccess;
  readonly field: GraphQLField<unknown, unknown>;
}

type Variables = Record<string, unknown>;

const rootType = { Query: schema.getQueryType(), Mutation: schema.getMutationType() } as const;

/** Every root field. One without a line in the table stops the start of the service, and so of this file. */
export const roots: readonly Root[] = (['Query', 'Mutation'] as const).flatMap((kind) =>
  Object.values(rootType[kind]?.getFields() ?? {}).map((field) => ({
    kind,
    name: field.name,
    access: rootAccess[kind][field.name]!,
    field,
  })),
);

/** As rows of `test.each`. */
export const rowsOf = (chosen: readonly Root[]): [string, Root][] => chosen.map((root) => [`${root.kind}.${root.name}`, root]);

/** What is read of a value of that type, and of what it leads to, `depth` levels on. */
export function selectionOf(type: GraphQLOutputType, depth = 2): string {
  const named = getNamedType(type);
  if (isUnionType(named)) return '{ __typename ... on Node { id } }';
  if (!isObjectType(named) && !isInterfaceType(named)) return '';
  const fields = Object.values(named.getFields()).flatMap((field) => {
    if (field.args.some(isRequiredArgument)) return [];
    if (isLeafType(getNamedType(field.type))) return [field.name];
    return depth > 0 ? [`${field.name} ${selectionOf(field.type, depth - 1)}`] : [];
  });
  return `{ __typename ${fields.join(' ')} }`;
}

/** The operation that asks one field and reads `depth` levels of it: each of its arguments is a variable of that name. */
export function documentOf({ kind, field }: Root, depth = 2): string {
  const declared = field.args.map(({ name, type }) => `$${name}: ${String(type)}`).join(', ');
  const handed = field.args.map(({ name }) => `${name}: $${name}`).join(', ');
  const inBrackets = (text: string): string => (text === '' ? '' : `(${text})`);
  return `${kind.toLowerCase()} ${inBrackets(declared)} { ${field.name}${inBrackets(handed)} ${selectionOf(field.type, depth)} }`;
}

/**
 * Variables that are right for a root field: all that is required and what `overrides` says of it. An optional input
 * object on the way to a place is said as well, with all that it requires.
 */
export function variablesOf({ name, field }: Root, ids: Ids, to: readonly string[] = []): Variables {
  const said = overrides[name]?.(ids, to) ?? {};
  const isMutationInput = field.args.length === 1 && field.args[0]?.name === 'input';
  const given = isMutationInput ? { input: said } : said;
  return valuesOf(name, field.args, opened(given, to.slice(0, -1)), ids);
}

function opened(values: Variables, [name, ...rest]: readonly string[]): Variables {
  if (name === undefined) return values;
  const said = values[name];
  if (Array.isArray(said)) return values;
  return { ...values, [name]: opened(isPlainObject(said) ? said : {}, rest) };
}

function valuesOf(root: string, fields: readonly (GraphQLArgument | GraphQLInputField)[], given: Variables, ids: Ids): Variables {
  const values: Variables = {};
  for (const field of fields) {
    const said = given[field.name];
    const required = isNonNullType(field.type) && field.defaultValue === undefined;
    const inner = getNamedType(field.type);
    if (said !== undefined && !(isInputObjectType(inner) && isPlainObject(said))) values[field.name] = said;
    else if (required || said !== undefined)
      values[field.name] = valueFor(root, field.name, field.type, ids, isPlainObject(said) ? said : {});
  }
  return values;
}

const isPlainObject = (value: unknown): value is Variables => typeof value === 'object' && value !== null && !Array.isArray(value);
const unwrapped = (type: GraphQLInputType): GraphQLInputType => (isNonNullType(type) ? type.ofType : type);

/** A value that is right for an input of that name and type. */
export function valueFor(root: string, name: string, type: GraphQLInputType, ids: Ids, given: Variables = {}): unknown {
  const inner = unwrapped(type);
  if (isListType(inner)) return [valueFor(root, name, inner.ofType, ids, given)];
  if (isInputObjectType(inner)) return valuesOf(root, Object.values(inner.getFields()), given, ids);
  if (isEnumType(inner)) return inner.getValues()[0]?.name;
  return valueByName(root, name, getNamedType(inner).name, ids);
}

/** One place in the variables of an operation, with the type that belongs there. */
export interface Place {
  readonly path: readonly string[];
  readonly type: GraphQLInputType;
  readonly required: boolean;
}

/** Every place in the variables of a root field, those inside input objects too. */
export const placesOf = ({ field }: Root): Place[] => field.args.flatMap((argument) => placesIn([], argument));

function placesIn(above: readonly string[], field: GraphQLArgument | GraphQLInputField): Place[] {
  const path = [...above, field.name];
  const required = 'astNode' in field && (isRequiredArgument(field) || isRequiredInputField(field));
  const named = getNamedType(field.type);
  const inside = isInputObjectType(named) ? Object.values(named.getFields()).flatMap((inner) => placesIn(path, inner)) : [];
  return [{ path, type: field.type, required }, ...inside];
}

/** The same variables with another value at that place; a list of input objects is entered at its first. */
export function withValueAt(variables: Variables, [name, ...rest]: readonly string[], value: unknown): Variables {
  if (name === undefined) return variables;
  if (rest.length === 0) return { ...variables, [name]: value };
  const below = variables[name];
  if (Array.isArray(below)) return { ...variables, [name]: [withValueAt((below[0] ?? {}) as Variables, rest, value)] };
  return { ...variables, [name]: withValueAt((below ?? {}) as Variables, rest, value) };
}

/** A value where it belongs: `filter: { userId: $a }`. */
export const written = (path: readonly string[], value: string): string =>
  path.reduceRight((inside, name, index) => (index === path.length - 1 ? `${name}: ${inside}` : `${name}: { ${inside} }`), value);

/** All that a page of a list tells of itself. */
export function pageOf(list: GraphQLOutputType): string {
  const fields = (getNamedType(list) as GraphQLObjectType).getFields();
  const nodes = (getNamedType(fields['nodes']!.type) as GraphQLObjectType).getFields();
  const counted = 'totalCount' in fields ? 'totalCount' : '';
  return `{ ${counted} nodes { ${'id' in nodes ? 'id' : '__typename'} } edges { cursor } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } }`;
}

/** What a list needs beside its page, as it is written in an operation. */
export function needed({ field }: Root, organizationId: string): string {
  const [argument] = field.args.filter(isRequiredArgument);
  if (!argument) return '';
  const tenant = `organizationId: "${organizationId}"`;
  return argument.name === 'organizationId' ? tenant : `${argument.name}: { ${tenant} }`;
}

/** Whether a query takes more than ids, pages and filters that may be left out: it is asked as a mutation is, one id at a time. */
export const takesInput = ({ kind, field }: Root): boolean =>
  kind === 'Mutation' || field.args.some((argument) => isRequiredArgument(argument) && getNamedType(argument.type).name !== 'ID');
