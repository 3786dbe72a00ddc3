import { readFileSync, writeFileSync } from 'node:fs';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { assembleSchema } from './schema.js';

// A program: `npm run schema` writes the file, `npm run schema:check` tells whether it is as the resolvers are.
const FILE = 'schema/schema.graphql';
const HEADER = '# Emitted from the resolvers in src by `npm run schema`: a change made here is lost.';

const emitted = `${HEADER}\n${printSchema(lexicographicSortSchema(assembleSchema()))}\n`;

if (!process.argv.includes('--check')) {
  writeFileSync(FILE, emitted);
} else if (committed() !== emitted) {
  console.error(`${FILE} is not what the resolvers declare: run "npm run schema" and commit the file.`);
  process.exitCode = 1;
}

function committed(): string | null {
  try {
    return readFileSync(FILE, 'utf8');
  } catch {
    return null;
  }
}
