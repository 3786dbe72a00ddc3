const { projects } = require('../jest.config.cjs');

/**
 * The tests that a mutant of src/authority must fail: those of authority alone, each time with the same draws. Without the
 * planted bugs, which test the laws and not the code: each of them draws a thousand worlds once a mutant hides its bug.
 */
const { displayName: _displayName, setupFiles, ...core } = projects.find(({ displayName }) => displayName === 'core');

module.exports = {
  ...core,
  setupFiles: [...setupFiles, '<rootDir>/test/mutation/sameDraws.cjs'],
  testMatch: ['<rootDir>/test/authority/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/planted\\w+\\.test\\.ts$'],
};
