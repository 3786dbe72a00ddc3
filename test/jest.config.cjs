const path = require('node:path');

// jose ships ES modules only; everything else in node_modules is CommonJS and loads as it is.
const common = {
  rootDir: path.join(__dirname, '..'),
  testEnvironment: 'node',
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
  transformIgnorePatterns: ['/node_modules/(?!jose/)'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
};

/** One project on each database: the same files, told apart by a global. */
const onDatabase = (database) => ({
  ...common,
  displayName: database,
  globals: { DATABASE: database },
  testMatch: ['<rootDir>/test/{api,database,security}/**/*.test.ts'],
});

module.exports = {
  testTimeout: 60_000,
  projects: [
    { ...common, displayName: 'core', testMatch: ['<rootDir>/test/{authority,domain,http}/**/*.test.ts'] },
    onDatabase('sqlite'),
    {
      ...onDatabase('mariadb'),
      // Of this project, not of the whole run: Jest then starts the server only when one of these tests is about to run.
      globalSetup: path.join(__dirname, 'support/globalSetup.ts'),
      globalTeardown: path.join(__dirname, 'support/globalTeardown.ts'),
    },
  ],
};
