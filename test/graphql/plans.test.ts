import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { type DocumentNode, execute, getOperationAST, type GraphQLSchema, parse, validate } from 'graphql';
import type { GraphContext } from '../../src/graphql/GraphContext.js';
import { KnownDocuments } from '../../src/graphql/plans/KnownDocuments.js';
import { Plan } from '../../src/graphql/plans/Plan.js';
import { executePlanned } from '../../src/graphql/plans/planned.js';
import { assembleSchema } from '../../src/graphql/schema.js';

/** What the two mutations return or throw here; all else is the schema that is served. */
interface Answering {
  readonly answer: unknown;
  readonly calls: unknown[];
  /** Whether they answer later, or at once. */
  readonly waits: boolean;
}

const schema = answeringSchema();

function answeringSchema(): GraphQLSchema {
  const assembled = assembleSchema();
  for (const name of ['verifyApiKey', 'verifyApiKeys']) {
    const field = assembled.getMutationType()?.getFields()[name];
    if (!field) throw new Error(`there is no ${name}`);
    field.resolve = (source, args, context, { path, variableValues, fieldName }) => {
      const { answer, calls, waits } = context as Answering;
      calls.push({ source, args: args as unknown, path, variableValues, fieldName });
      const say = (): unknown => {
        if (answer instanceof Error) throw answer;
        return name === 'verifyApiKey' && Array.isArray(answer) ? (answer[0] as unknown) : answer;
      };
      return waits ? Promise.resolve().then(say) : say();
    };
  }
  return assembled;
}

interface Request {
  readonly document: DocumentNode;
  readonly operationName?: string | undefined;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly waits?: boolean;
}

/** What a request is answered, as it is written, and how the mutations were called for it. */
async function answered(how: 'by plan' | 'by graphql-js', { document, operationName, variables, waits = true }: Request, answer: unknown) {
  const calls: unknown[] = [];
  const context = { answer, calls, waits } as unknown as GraphContext;
  const operation = getOperationAST(document, operationName) ?? undefined;
  const { errors, data } =
    how === 'by plan'
      ? await executePlanned(schema, new KnownDocuments(), { source: '', document, operation, operationName, variables, context })
      : await execute({ schema, document, contextValue: context, variableValues: variables, operationName });
  const told = errors?.map((error) => ({ ...error.toJSON(), original: error.originalError?.message }));
  return { text: JSON.stringify({ errors: told, data }), calls: JSON.stringify(calls) };
}

async function sameAnswer(request: Request, answer: unknown): Promise<string> {
  const byPlan = await answered('by plan', request, answer);
  expect(byPlan).toEqual(await answered('by graphql-js', request, answer));
  return byPlan.text;
}

const planOf = (document: DocumentNode, name?: string): Plan | null => {
  const operation = getOperationAST(document, name);
  return operation ? Plan.of(schema, document, operation) : null;
};

const verification = (changes: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({
  valid: true,
  code: 'VALID',
  httpStatus: 200,
  message: 'The API key may do this.',
  missingPermissions: [],
  effectivePermissions: ['service:manage', 'workspace:edit'],
  rateLimit: { limit: 10, remaining: 9, resetAt: new Date(0) },
  apiKeyId: 'key_01',
  name: 'a "key" of é',
  namespaceId: 'wsp_01',
  organizationId: 'org_01',
  userId: 'usr_01',
  environment: 'PRODUCTION',
  expiresAt: new Date(1),
  restrictions: [{ type: 'customer', ids: ['7', '8'] }],
  metadata: { plan: 'gold', deep: { list: [1, null] } },
  ...changes,
});

/** Fields of the payload, and what may be selected of them. */
const inside: Readonly<Record<string, readonly string[]>> = {
  ApiKeyVerification: Object.keys(verification()),
  RateLimitState: ['limit', 'remaining', 'resetAt'],
  ResourceRestriction: ['type', 'ids'],
};
const typeOfField: Readonly<Record<string, string>> = { rateLimit: 'RateLimitState', restrictions: 'ResourceRestriction' };

const rarely = <T>(usual: T, unusual: fc.Arbitrary<T>, often = 9): fc.Arbitrary<T> =>
  fc.oneof({ weight: often, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: unusual });
const directive = rarely('', fc.constantFrom(' @include(if: true)', ' @skip(if: true)', ' @include(if: false)'), 199);

/** A set of fields of a type, in any order and more than once, renamed, in fragments. */
function selectionOf(type: string, spreads: readonly string[]): fc.Arbitrary<string> {
  const name = fc.constantFrom(...(inside[type] ?? []), '__typename');
  const alias = (plain: string) => rarely('', rarely(`${plain}2: `, fc.constantFrom('valid: ', '__proto__: '), 99), 4);
  const field = name.chain((plain) => {
    const of = typeOfField[plain];
    const set = of === undefined ? fc.constant('') : selectionOf(of, []);
    return fc.tuple(alias(plain), directive, set).map(([renamed, only, within]) => `${renamed}${plain}${only} ${within}`);
  });
  const inline = fc.tuple(fc.constantFrom('', `on ${type}`), directive, fc.array(field, { minLength: 1, maxLength: 3 }));
  const part = fc.oneof(
    { weight: 8, arbitrary: field },
    { weight: 1, arbitrary: inline.map(([on, only, fields]) => `... ${on}${only} { ${fields.join(' ')} }`) },
    { weight: 2, arbitrary: spreads.length === 0 ? field : fc.constantFrom(...spreads) },
  );
  return fc.array(part, { minLength: 1, maxLength: 8 }).map((parts) => `{ ${parts.join(' ')} }`);
}

const spreads = ['...Some', '...Again'];
const calls = ['verifyApiKey(input: $one)', 'verifyApiKeys(inputs: $many)', 'two: verifyApiKey(input: { key: "k", cost: $cost })'];
const call = fc
  .tuple(rarely('', fc.constantFrom('__proto__: '), 99), fc.constantFrom(...calls), directive, selectionOf('ApiKeyVerification', spreads))
  .map(([alias, field, only, set]) => `${field.startsWith('two') ? '' : alias}${field}${only} ${set}`);

const documents = fc
  .tuple(
    fc.array(fc.oneof({ weight: 9, arbitrary: call }, { weight: 1, arbitrary: fc.constant('__typename') }), { minLength: 1, maxLength: 3 }),
    selectionOf('ApiKeyVerification', ['...Again']),
    selectionOf('ApiKeyVerification', []),
  )
  .map(
    ([roots, some, again]) => `
      mutation M($one: VerifyApiKeyInput! = { key: "by default" }, $many: [VerifyApiKeyInput!]!, $cost: Int) { ${roots.join(' ')} }
      query Other { __typename }
      fragment Some on ApiKeyVerification ${some}
      fragment Again on ApiKeyVerification ${again}`,
  );

const input = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ key: fc.string(), permissions: fc.constant(['service:manage']), cost: fc.nat() }, { requiredKeys: ['key'] }),
  },
  { weight: 1, arbitrary: fc.constantFrom({}, { key: 1 }, { key: 'k', unknown: 1 }, { key: 'k', permissions: ['*'] }, { key: null }) },
  { weight: 1, arbitrary: fc.jsonValue() },
);
const variables = fc.record(
  { one: input, many: fc.oneof(fc.array(input, { maxLength: 3 }), input), cost: fc.oneof(fc.nat(), fc.jsonValue()), other: fc.jsonValue() },
  { requiredKeys: ['many'] },
);

/** Values, right and wrong ones, also where nothing may be missing. */
const odd = fc.oneof(
  fc.constantFrom<unknown>(null, undefined, new Error('no value'), Number.NaN, 'text', 3, true, {}, [], [null]),
  fc.jsonValue(),
);
const payload = fc
  .array(
    fc.tuple(
      fc.constantFrom(...Object.keys(verification())),
      fc.oneof(odd, fc.array(fc.record({ type: odd, ids: odd })), fc.record({ limit: odd, remaining: odd })),
    ),
    { maxLength: 2 },
  )
  .map((changes) => verification(Object.fromEntries(changes)));
const answers = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.array(fc.oneof({ weight: 3, arbitrary: fc.constant(verification()) }, { weight: 2, arbitrary: payload }), {
      minLength: 1,
      maxLength: 3,
    }),
  },
  { weight: 1, arbitrary: odd },
  { weight: 1, arbitrary: fc.constant(new Error('a resolver failed')) },
);

/** Fields may clash under one key; what is not used may stay. */
const isValid = (document: DocumentNode): boolean =>
  validate(schema, document).filter(({ message }) => !message.includes('is never used')).length === 0;

test('a plan answers as graphql-js does, to the byte, whatever is selected, sent, returned or thrown', async () => {
  const runs = jest.spyOn(Plan.prototype, 'run');
  let planned = 0;
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(
      documents,
      fc.constantFrom('M', 'M', 'M', 'M', undefined, 'Other', 'Nobody'),
      variables,
      answers,
      fc.boolean(),
      async (text, operationName, given, answer, waits) => {
        const document = parse(text);
        if (!isValid(document)) {
          refused += 1;
          return;
        }
        if (planOf(document, 'M')) planned += 1;
        await sameAnswer({ document, operationName, variables: given, waits }, answer);
      },
    ),
    { numRuns: 3_000 },
  );
  // Neither side of the comparison is empty.
  expect(planned).toBeGreaterThan(1_000);
  expect(runs.mock.calls.length).toBeGreaterThan(1_000);
  runs.mockRestore();
  expect(refused).toBeLessThan(1_500);
});

const operation = (name: string): DocumentNode => parse(readFileSync(join(__dirname, `../../schema/operations/${name}.graphql`), 'utf8'));

test.each(['verifyApiKey', 'verifyApiKeys'])('%s as we publish it has a plan', async (name) => {
  const document = operation(name);
  expect(planOf(document)).not.toBeNull();
  const variables = name === 'verifyApiKey' ? { input: { key: 'k' } } : { inputs: [{ key: 'k' }, { key: 'l' }] };
  expect(await sameAnswer({ document, variables }, [verification(), verification({ rateLimit: null })])).toContain('"code":"VALID"');
});

test.each([
  ['what needs a resolver', 'mutation { verifyApiKey(input: { key: "k" }) { valid apiKey { id } } }'],
  ['what a variable leaves out', 'mutation($v: Boolean!) { verifyApiKey(input: { key: "k" }) { valid code @skip(if: $v) } }'],
  ['a key that an object does not simply hold', 'mutation { verifyApiKey(input: { key: "k" }) { __proto__: valid } }'],
  [
    'another mutation beside it',
    'mutation { verifyApiKey(input: { key: "k" }) { valid } revokeApiKey(input: { id: "k" }) { apiKey { id } } }',
  ],
  ['a query', '{ viewer { __typename } }'],
])('%s has no plan', (_what, text) => {
  expect(planOf(parse(text))).toBeNull();
});
