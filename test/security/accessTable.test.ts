import { buildASTSchema, type GraphQLSchema, Kind, parse, printSchema, visit } from 'graphql';
import { fieldAccess, rootAccess } from '../../src/graphql/accessTable.js';
import { guardSchema, type Sight } from '../../src/graphql/guard.js';
import { assembleSchema } from '../../src/graphql/schema.js';

const sdl = printSchema(assembleSchema());
const sees = (): Promise<boolean> => Promise.resolve(true);
const sight: Sight = { Organization: sees, Application: sees, Workspace: sees, UserGroup: sees, User: sees, Role: sees };

/** The schema with this added to it. */
const extended = (more: string): GraphQLSchema => buildASTSchema(parse(`${sdl}\n${more}`), { assumeValid: true });
const withExtension = (extension: string): GraphQLSchema => {
  const [, type, fields] = /^type (\w+) (.*)$/.exec(extension) ?? [];
  return buildASTSchema(parse(sdl.replace(new RegExp(`(type ${String(type)}( implements [^{]+)? \\{)`), `$1 ${String(fields)}`)));
};

/** The schema without a field, or without a whole type and all that leads to it. */
const without = (typeName: string, fieldName?: string): GraphQLSchema =>
  buildASTSchema(
    visit(parse(sdl), {
      [Kind.OBJECT_TYPE_DEFINITION](node) {
        if (node.name.value === typeName && fieldName === undefined) return null;
        if (node.name.value !== typeName) return undefined;
        return { ...node, fields: node.fields?.filter(({ name }) => name.value !== fieldName) };
      },
    }),
    { assumeValidSDL: true },
  );

const start =
  (schema: GraphQLSchema, seenBy = sight) =>
  () =>
    guardSchema(schema, seenBy);

test('the schema as it is starts: the table and the schema say the same', () => {
  expect(start(buildASTSchema(parse(sdl)))).not.toThrow();
});

test.each([
  ['a query', 'type Query everything: String'],
  ['a mutation', 'type Mutation becomeOwner: Boolean'],
  ['a private value of a key', 'type ApiKey secretDigest: String'],
  ['a list of a namespace', 'type Workspace passwords: [String!]!'],
  ['a name that every object has', 'type User constructor: String'],
  ['another such name', 'type Query toString: String'],
])('the start is refused on %s that nobody declared', (_what, extension) => {
  const [, type, field] = /^type (\w+) (\w+)/.exec(extension)!;
  expect(start(withExtension(extension))).toThrow(`${String(type)}.${String(field)} is not declared`);
});

test('the start is refused on a new type, however it is named, until each of its fields is declared', () => {
  expect(start(extended('type Telescope { focus: String }'))).toThrow('Telescope.focus is not declared');
  expect(start(extended('type toString { name: String length: Int }'))).toThrow('toString.name is not declared');
});

const lines = [
  ...Object.entries(rootAccess).flatMap(([type, fields]) => Object.keys(fields).map((field) => [type, field] as const)),
  ...Object.entries(fieldAccess).flatMap(([type, fields]) => Object.keys(fields).map((field) => [type, field] as const)),
];

test.each(lines)('the start is refused on the stale line %s.%s', (type, field) => {
  expect(start(without(type, field))).toThrow(`${type}.${field} is declared and does not exist`);
});

test('the start is refused on the stale lines of a type that is gone altogether', () => {
  const gone = buildASTSchema(parse('type Query { viewer: String }'), { assumeValid: true });
  expect(start(gone)).toThrow('Revocation.at is declared and does not exist');
  expect(start(gone)).toThrow('Mutation.signIn is declared and does not exist');
});

const seenLines = lines.filter(([type, field]) => fieldAccess[type]?.[field] === 'seen');

test('there are fields that only who sees the thing is shown', () => {
  expect(seenLines.length).toBeGreaterThan(5);
});

test.each(seenLines)(
  '%s.%s is "seen": the start is refused where nothing can stand in its place, or nobody says who sees',
  (type, field) => {
    const broken = new RegExp(`"?${type}\\.${field}"? is declared "seen" and cannot be hidden`);
    const notNull = parse(sdl, { noLocation: true });
    const hardened = visit(notNull, {
      [Kind.OBJECT_TYPE_DEFINITION](node) {
        if (node.name.value !== type) return undefined;
        const fields = node.fields?.map((each) =>
          each.name.value === field
            ? {
                ...each,
                type: {
                  kind: Kind.NON_NULL_TYPE as const,
                  type: { kind: Kind.NAMED_TYPE as const, name: { kind: Kind.NAME as const, value: 'String' } },
                },
              }
            : each,
        );
        return { ...node, fields };
      },
    });
    expect(start(buildASTSchema(hardened, { assumeValid: true, assumeValidSDL: true }))).toThrow(broken);
    expect(start(buildASTSchema(parse(sdl)), { ...sight, [type]: undefined } as unknown as Sight)).toThrow(broken);
  },
);

test('the guard stands in front of the resolver: without a principal a root field that is not open to anyone is never resolved', async () => {
  const schema = buildASTSchema(parse(sdl));
  let resolved = 0;
  const roots = [schema.getQueryType()!, schema.getMutationType()!];
  for (const type of roots) for (const field of Object.values(type.getFields())) field.resolve = () => void (resolved += 1);
  guardSchema(schema, sight);
  const context = { principal: null, loaders: { forget: () => undefined } };
  for (const type of roots) {
    for (const [name, field] of Object.entries(type.getFields())) {
      const open = rootAccess[type.name as 'Query' | 'Mutation'][name]?.callers === 'ANYONE';
      const asked = (async () => await field.resolve?.({}, {}, context, {} as never))();
      if (open) await asked;
      else await expect(asked).rejects.toThrow('Send an access token');
    }
  }
  expect(resolved).toBe(2);
});
