import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The facts that the product was asked for, and what was decided where they clash. */
const numbers = (of: string, count: number): readonly string[] => Array.from({ length: count }, (_, index) => `${of}${index + 1}`);
const asked = [
  ...numbers('S0.', 15),
  ...numbers('S1.', 13),
  ...numbers('S2.', 19),
  ...numbers('S3.', 24),
  ...numbers('S4.', 11),
  ...numbers('C', 24),
];

test.each(['api', 'database', 'security'])('test/%s runs on both databases, and its files are found', (folder) => {
  expect(globSync(join(__dirname, '..', folder, '**/*.test.ts')).length).toBeGreaterThan(0);
});

test('each of them is named by a test that runs on both databases', () => {
  const files = globSync(join(__dirname, '../{api,database,security}/**/*.test.ts'));
  const text = files.map((file) => readFileSync(file, 'utf8')).join('\n');
  expect(asked.filter((number) => !new RegExp(`\\b${number.replace('.', '\\.')}\\b(?!\\.\\d)`).test(text))).toEqual([]);
});
