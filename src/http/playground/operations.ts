import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const FOLDER = join('schema', 'operations');
const EXTENSION = '.graphql';

/** The texts of the ready operations by the names of their files: `createApiKey` is `schema/operations/createApiKey.graphql`. */
export type Operations = ReadonlyMap<string, string>;

/** Where the ready operations lie: in the project's root, which is above this file both in the sources and in what is built. */
export function operationsFolder(from = __dirname): string {
  const folder = join(from, FOLDER);
  if (existsSync(folder)) return folder;
  const parent = dirname(from);
  if (parent === from) throw new Error(`${FOLDER} is missing: it must lie in the project's root, beside package.json.`);
  return operationsFolder(parent);
}

/** Reads all ready operations. */
export function readOperations(folder = operationsFolder()): Operations {
  const files = readdirSync(folder).filter((file) => file.endsWith(EXTENSION));
  return new Map(files.sort().map((file) => [file.slice(0, -EXTENSION.length), readFileSync(join(folder, file), 'utf8')]));
}
