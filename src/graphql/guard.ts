import {
  defaultFieldResolver,
  getNamedType,
  getNullableType,
  type GraphQLField,
  type GraphQLFieldMap,
  type GraphQLObjectType,
  type GraphQLSchema,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { forbidden, orElse, Refusal, unauthenticated, whenThere } from '../domain/index.js';
import { fieldAccess, type FieldAccess, isPlumbing, rootAccess, type RootAccess } from './accessTable.js';
import { creates } from './creates.js';
import { emptyConnection } from './connection.js';
import { type GraphContext, notAuthenticated } from './GraphContext.js';

/** Whether the caller sees the thing itself, by its type; for others a field declared `seen` is empty. */
export type Sight = Readonly<Record<string, (context: GraphContext, thing: { readonly id: string }) => Promise<boolean>>>;

const table: Readonly<Record<string, Readonly<Record<string, RootAccess | FieldAccess>>>> = { ...fieldAccess, ...rootAccess };

/**
 * Puts the access table in front of the schema's resolvers. A field that the table does not declare, or a line of the
 * table without a field, stops the start: nothing is open because somebody forgot it.
 */
export function guardSchema(schema: GraphQLSchema, sight: Sight): GraphQLSchema {
  const faults = staleLines(schema);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    const isRoot = Object.hasOwn(rootAccess, type.name);
    if (!isRoot && isPlumbing(type.name)) continue;
    const declared = Object.hasOwn(table, type.name) ? table[type.name] : undefined;
    const fields = type.getFields() as GraphQLFieldMap<unknown, GraphContext>;
    for (const [name, field] of Object.entries(fields)) {
      const access = declared && Object.hasOwn(declared, name) ? declared[name] : undefined;
      if (access === undefined) faults.push(`${type.name}.${name} is not declared`);
      else if (typeof access === 'object') guardRoot(type, field, access);
      else if (access === 'seen') guardSeen(type, field, sight, faults);
    }
  }
  if (faults.length > 0) throw new Error(`the access table and the schema differ: ${faults.join('; ')}`);
  return schema;
}

/** Lines of the table whose field is gone, also where the whole type is. */
function staleLines(schema: GraphQLSchema): string[] {
  return Object.entries(table).flatMap(([typeName, lines]) => {
    const type = schema.getType(typeName);
    const fields = isObjectType(type) ? type.getFields() : {};
    const stale = Object.keys(lines).filter((name) => !Object.hasOwn(fields, name));
    return stale.map((name) => `${typeName}.${name} is declared and does not exist`);
  });
}

function guardRoot(type: GraphQLObjectType, field: GraphQLField<unknown, GraphContext>, access: RootAccess): void {
  const { subscribe } = field;
  if (subscribe) {
    field.subscribe = (source, args, context, info): unknown => {
      admit(context, access);
      return subscribe(source, args as Record<string, unknown>, context, info);
    };
    return;
  }
  const resolve = field.resolve ?? defaultFieldResolver;
  const changes = type.name === 'Mutation';
  const isCreate = changes && creates(field.name);
  field.resolve = (source, args, context, info) => {
    const refused = (error: unknown): never => {
      if (changes && isDenial(error)) context.denied(actionOf(field.name, access), error.reason.message);
      if (changes) context.loaders.forget();
      throw error;
    };
    const answered = orElse(() => {
      admit(context, access);
      const answer = (): unknown => resolve(source, args as Record<string, unknown>, context, info);
      return isCreate ? context.creating(field.name, args, answer) : answer();
    }, refused);
    if (!changes) return answered;
    return whenThere(answered, (answer) => {
      context.loaders.forget();
      return answer;
    });
  };
}

/** Refusals of authority, which the audit trail tells; wrong input and clashes are no denials. */
const isDenial = (error: unknown): error is Refusal =>
  error instanceof Refusal && ['FORBIDDEN', 'EXCEEDS_AUTHORITY', 'NOT_FOUND'].includes(error.reason.code);

/** What was tried, where it was refused before anything was decided on. */
const actionOf = (fieldName: string, { by }: RootAccess): string => (Array.isArray(by) && by.length === 1 ? String(by[0]) : fieldName);

function admit({ principal }: GraphContext, { callers, withTemporaryPassword, withRestrictions }: RootAccess): void {
  if (principal?.kind === 'KEY' && principal.restricted && !withRestrictions) {
    throw forbidden(
      "This API key is restricted to resources, which only the tenant's services know: here it may ask viewer, nothing else.",
    );
  }
  if (callers === 'ANYONE') return;
  if (!principal) throw unauthenticated(notAuthenticated);
  if (principal.kind === 'KEY') {
    if (callers === 'SIGNED_IN') throw forbidden('This is for signed-in people: an API key may not do it.');
    return;
  }
  if (principal.mustChangePassword && !withTemporaryPassword) {
    throw forbidden('The temporary password must be changed first: call changePassword.');
  }
  if (callers === 'KEY') throw forbidden('Verification is for services: ask with an API key that holds apiKey:verify.', ['apiKey:verify']);
}

function guardSeen(type: GraphQLObjectType, field: GraphQLField<unknown, GraphContext>, sight: Sight, faults: string[]): void {
  const sees = sight[type.name];
  const empty = emptyValue(field);
  if (!sees || empty === undefined) {
    faults.push(`${type.name}.${field.name} is declared "seen" and cannot be hidden`);
    return;
  }
  const resolve = field.resolve ?? defaultFieldResolver;
  field.resolve = async (source, args, context, info) => {
    const thing = source as { readonly id: string };
    const shown = context.revealed.has(thing.id) || (await sees(context, thing));
    return shown ? resolve(source, args as Record<string, unknown>, context, info) : empty;
  };
}

function emptyValue({ type }: GraphQLField<unknown, GraphContext>): unknown {
  if (!isNonNullType(type)) return null;
  if (isListType(getNullableType(type))) return [];
  return getNamedType(type).name.endsWith('Connection') ? emptyConnection : undefined;
}
