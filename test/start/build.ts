import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Builds the service as `npm run build` does: what is started in these tests is what `npm start` starts. */
export default async function build(): Promise<void> {
  const repository = join(__dirname, '../..');
  await promisify(execFile)(process.execPath, [join(repository, 'node_modules/typescript7/bin/tsc'), '-p', repository]);
}
