import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const settings = 'Settings come through src/config.ts, which checks them at the start: one that is read elsewhere is never checked.';
const byName = 'Export by name: a thing is called the same wherever it is imported.';
const ownClock = 'Now is what the clock says that was handed over (domain/clock.ts): tests and the database set it.';
const queryInStore = 'Queries are in stores, whose changing methods take a permit.';
const wholeSuite = 'A test that runs alone, or not at all, hides what the others would say.';

/** Jest's ways of running less than everything. */
const lessThanEverything = ['describe', 'it', 'test'].flatMap((object) =>
  ['only', 'skip', 'todo'].map((property) => ({ object, property, message: wholeSuite })),
);

const noDefaultExport = { selector: 'ExportDefaultDeclaration', message: byName };
const noOwnClock = [
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: ownClock },
  { selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']", message: ownClock },
];
const noQuery = { selector: 'CallExpression[callee.property.name=/^(query|createQueryBuilder|getRepository)$/]', message: queryInStore };

const environment = { object: 'process', property: 'env', message: settings };

export default defineConfig(
  { ignores: ['dist/', 'test/generated/', '**/*.cjs', '**/*.mjs'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    // One program over src, migrations and test: the project service would make one for each tsconfig.
    languageOptions: { parserOptions: { project: 'test/tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'max-lines': ['error', 300],
      'no-console': 'error',
      'no-restricted-properties': ['error', environment],
      'no-restricted-imports': [
        'error',
        { paths: ['node:process', 'process'].map((name) => ({ name, importNames: ['env', 'default'], message: settings })) },
      ],
      'no-restricted-syntax': ['error', noDefaultExport],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // A leading underscore says that a name is left unused on purpose.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Numbers read the same in every template; objects and undefined, which do not, stay refused.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // `() => done()` for a callback that answers nothing hides nothing.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Lengths are counted in code points, which is what spreading a string gives.
      '@typescript-eslint/no-misused-spread': ['error', { allow: [{ from: 'lib', name: 'string' }] }],
      // Classes of TypeORM and type-graphql declare shapes; plain objects of that shape are how both are fed.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // A room of resolvers is a class because decorators need one; it holds no state of its own.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
    },
  },
  {
    files: ['src/**'],
    // The clock itself, and the playground's scripts, which run in a browser.
    ignores: ['src/domain/clock.ts', 'src/http/playground/**'],
    rules: { 'no-restricted-syntax': ['error', noDefaultExport, ...noOwnClock] },
  },
  {
    files: ['src/**'],
    ignores: ['src/**/*Store.ts', 'src/database/**', 'src/access/TenantLedger.ts', 'src/domain/clock.ts', 'src/http/playground/**'],
    rules: { 'no-restricted-syntax': ['error', noDefaultExport, ...noOwnClock, noQuery] },
  },
  {
    // Pure: what it decides depends on what it is given, and on nothing else.
    files: ['src/authority/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        'Date',
        'Intl',
        'performance',
        'process',
        'crypto',
        'fetch',
        'setTimeout',
        'setInterval',
        'queueMicrotask',
      ],
      'no-restricted-properties': ['error', environment, { object: 'Math', property: 'random' }],
    },
  },
  {
    // The start reads the environment, once, and hands it to src/config.ts.
    files: ['src/config.ts', 'src/start/**'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    // These talk to a terminal.
    files: ['src/main.ts', 'src/start/**', 'src/graphql/emitSchema.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**'],
    rules: {
      'no-restricted-properties': ['error', ...lessThanEverything],
      // What Jest loads by itself (global set-up, environments) must be a default export.
      'no-restricted-syntax': 'off',
      // Jest's asymmetric matchers (expect.any, expect.stringMatching) are typed `any` by Jest.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      // `async () => void (await act())`: what is only done for its effect says so.
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      // What a test expects to be there and is not fails the test at that very place.
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    // What they measured is told.
    files: ['test/long/**', 'test/bench/*/run.ts'],
    rules: { 'no-console': 'off' },
  },
);
