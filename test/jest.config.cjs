const path = require('node:path');

// These ship ES modules only; everything else in node_modules is CommonJS and loads as it is.
const common = {
  rootDir: path.join(__dirname, '..'),
  testEnvironment: path.join(__dirname, 'support/environment.ts'),
  resolver: path.join(__dirname, 'support/resolver.cjs'),
  setupFiles: ['reflect-metadata'],
  transform: {
    '^.+\\.(ts|js)$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: false, useDefineForClassFields: false },
        },
        module: { type: 'commonjs' },
      },
    ],
  },
  transformIgnorePatterns: ['/node_modules/(?!(?:jose|content-disposition|oauth4webapi|openid-client)/)'],
  // The copy that `npm run test:mutation` works on.
  modulePathIgnorePatterns: ['<rootDir>/.stryker-tmp/'],
};

/** One project on each database: the same files, told apart by a global. */
const onDatabase = (database) => ({
  ...common,
  displayName: database,
  globals: { DATABASE: database },
  testMatch: ['<rootDir>/test/{api,database,security}/**/*.test.ts'],
});

/**
 * The private MariaDB. Of a project, not of the whole run: Jest starts it only when a test of that project is about to run,
 * and once, also where two projects ask for it.
 */
const withMariadb = {
  globalSetup: path.join(__dirname, 'support/globalSetup.ts'),
  globalTeardown: path.join(__dirname, 'support/globalTeardown.ts'),
};

module.exports = {
  testTimeout: 60_000,
  // What V8 has optimized holds on to the globals of files of tests that are over, some 26 MB each. To look through gigabytes of them
  // takes seconds, in which a service under test renews no lease: a worker that holds so much is followed by a new one.
  workerIdleMemoryLimit: '700MB',
  projects: [
    {
      ...common,
      displayName: 'core',
      // Every folder that is not named below: a new one is never forgotten.
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/(?:api|database|security|start|long)/'],
    },
    onDatabase('sqlite'),
    { ...onDatabase('mariadb'), ...withMariadb },
    // Real processes of the built service, which is built first.
    {
      ...common,
      displayName: 'start',
      testMatch: ['<rootDir>/test/start/**/*.test.ts'],
      globalSetup: path.join(__dirname, 'start/build.ts'),
    },
    // Only by `npm run test:long`; each file names the databases that it needs. Sequences and races, on every core:
    { ...common, displayName: 'sequences', testMatch: ['<rootDir>/test/long/sequences/*.test.ts'], ...withMariadb },
    // Crashes, crowds and times, one file after the other:
    { ...common, displayName: 'long', testMatch: ['<rootDir>/test/long/*.test.ts'], ...withMariadb },
  ],
};
