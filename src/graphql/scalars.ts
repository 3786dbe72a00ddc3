import { GraphQLError, GraphQLScalarType, Kind, valueFromASTUntyped } from 'graphql';
import { isPermissionName } from '../authority/index.js';
import { faultOfJsonObject } from '../domain/index.js';

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/;

function parseInstant(value: unknown): Date {
  if (typeof value === 'string' && INSTANT.test(value)) {
    const instant = new Date(value);
    // The parser rolls 30 February over into March: an instant that does not exist reads back differently.
    if (!Number.isNaN(instant.getTime()) && instant.toISOString().slice(0, 19) === value.slice(0, 19)) return instant;
  }
  throw new GraphQLError('an instant is written as 2026-01-31T12:00:00.000Z, in UTC, and must exist', {
    extensions: { code: 'BAD_USER_INPUT' },
  });
}

/** Instants: UTC, RFC 3339, milliseconds, always with Z. */
export const DateTimeScalar = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  description:
    'UTC instant, RFC 3339, millisecond precision, always written with Z. An instant that does not exist (30 February) is refused.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  serialize: (value) => (value as Date).toISOString(),
  parseValue: parseInstant,
  parseLiteral: (node) => parseInstant(node.kind === Kind.STRING ? node.value : undefined),
});

function parsePermission(value: unknown): string {
  if (typeof value === 'string' && isPermissionName(value)) return value;
  throw new GraphQLError('a permission is written as resource:action, for example workspace:edit; there are no wildcards', {
    extensions: { code: 'BAD_USER_INPUT' },
  });
}

/** Permissions: `resource:action`, matched exactly. */
export const PermissionScalar = new GraphQLScalarType<string, string>({
  name: 'Permission',
  description: 'A capability, `resource:action`, for example `workspace:edit`. Matched exactly: there are no wildcards.',
  serialize: (value) => value as string,
  parseValue: parsePermission,
  parseLiteral: (node) => parsePermission(node.kind === Kind.STRING ? node.value : undefined),
});

function parseJsonObject(value: unknown): object {
  const fault = faultOfJsonObject(value);
  if (fault) throw new GraphQLError(`a JSONObject ${fault}`, { extensions: { code: 'BAD_USER_INPUT' } });
  // A literal arrives as an object without a prototype; a stored one has the usual one.
  return JSON.parse(JSON.stringify(value)) as object;
}

/** JSON objects: metadata of keys, and changes in the audit trail. */
export const JSONObjectScalar = new GraphQLScalarType<object, object>({
  name: 'JSONObject',
  description: 'A JSON object, at most 4 KiB and 5 levels deep. The key `__proto__` is refused.',
  serialize: (value) => value as object,
  parseValue: parseJsonObject,
  parseLiteral: (node, variables) => parseJsonObject(valueFromASTUntyped(node, variables)),
});
