import { readFileSync, writeFileSync } from 'node:fs';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { accessPage } from './accessPage.js';
import { assembleSchema } from './schema.js';

// A program: `npm run schema` writes the files, `npm run schema:check` tells whether they are as the code is.
const HEADER = '# Emitted from the resolvers in src by `npm run schema`: a change made here is lost.';

const emitted: Readonly<Record<string, string>> = {
  'schema/schema.graphql': `${HEADER}\n${printSchema(lexicographicSortSchema(assembleSchema()))}\n`,
  'schema/access.md': accessPage(),
};

for (const [file, text] of Object.entries(emitted)) {
  if (!process.argv.includes('--check')) {
    writeFileSync(file, text);
  } else if (committed(file) !== text) {
    console.error(`${file} is not what the code declares: run "npm run schema" and commit the file.`);
    process.exitCode = 1;
  }
}

function committed(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
