import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, type GraphQLFieldMap, type GraphQLInputObjectType, getNamedType, isInputObjectType, isObjectType } from 'graphql';

/** The emitted schema, which is checked against the resolvers: what it does not say cannot be asked for. */
const schema = buildSchema(readFileSync(join(__dirname, '../../schema/schema.graphql'), 'utf8'));

const fieldsOf = (type: string): GraphQLFieldMap<unknown, unknown> => {
  const found = schema.getType(type);
  if (!isObjectType(found)) throw new Error(`no type ${type}`);
  return found.getFields();
};
/** The inputs of a root field, by name. */
const inputsOf = (field: { readonly args: readonly { readonly type: unknown }[] }): readonly GraphQLInputObjectType[] =>
  field.args.map(({ type }) => getNamedType(type as GraphQLInputObjectType)).filter(isInputObjectType);

const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});
/** Mutations of a key that is there: those that name it by its id. */
const ofAKey = mutations.filter((field) => field.name.endsWith('ApiKey') && inputsOf(field).some((input) => 'id' in input.getFields()));

test('there are mutations of a key that is there', () => {
  expect(ofAKey.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['updateApiKey', 'revokeApiKey', 'reactivateApiKey', 'deleteApiKey']),
  );
});

test.each(ofAKey)('$name has no word for another user, namespace, environment, creator or expiry (S3.9, S4.7, C1)', (field) => {
  const words = inputsOf(field).flatMap((input) => Object.keys(input.getFields()));
  expect(words.filter((word) => /user|namespace|organization|environment|created|issued|expir/i.test(word))).toEqual([]);
});

test('a key is shown without its secret, and what shows one is the payload of a mutation that made it (S4.8, S4.10)', () => {
  expect(Object.keys(fieldsOf('ApiKey')).filter((name) => /^(key|secret|credential|digest|value)|Secret$/.test(name))).toEqual([]);
  const showing = Object.values(schema.getTypeMap()).filter(
    (type) => isObjectType(type) && 'apiKey' in type.getFields() && ['key', 'secret'].some((name) => name in type.getFields()),
  );
  const payloads = mutations.filter((field) => showing.includes(getNamedType(field.type)));
  expect(payloads.map(({ name }) => name)).toEqual(expect.arrayContaining(['createApiKey', 'createApiKeyForUser']));
  expect(payloads.filter(({ name }) => !/^(create|regenerate)ApiKey/.test(name))).toEqual([]);
  expect(Object.values(schema.getQueryType()?.getFields() ?? {}).filter((field) => showing.includes(getNamedType(field.type)))).toEqual([]);
});
