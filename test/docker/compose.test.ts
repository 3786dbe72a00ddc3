import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '../../src/config.js';

const read = (path: string): string => readFileSync(join(__dirname, '../..', path), 'utf8');
/** Where the service listens in its container is not the operator's to say: the port is published as compose.yml says. */
const inside = ['HOST', 'PORT'];

test('compose.yml hands every setting of the README on to the service, and what is not set arrives as not set', () => {
  const rows = read('README.md').matchAll(/^\| (`[A-Z_`, ]+`) \|/gm);
  const names = [...rows].flatMap(([, cell = '']) => [...cell.matchAll(/[A-Z_]+/g)].map(([name]) => name));
  expect(names).toContain('BAILIWICK_MAX_API_KEYS');
  const compose = read('docker/compose.yml');
  const handed = new Map([...compose.matchAll(/^ {6}([A-Z_]+): (.*)$/gm)].map(([, name = '', value = '']) => [name, value]));
  for (const name of names.filter((each) => !inside.includes(each))) expect([name, handed.get(name)]).toEqual([name, expect.any(String)]);
  const unset = [...handed].filter(([, value]) => value.endsWith(':-}')).map(([name]) => [name, ''] as const);
  expect(readConfig(Object.fromEntries(unset))).toEqual(readConfig({}));
});
