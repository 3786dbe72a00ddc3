import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { REPOSITORY } from './serviceProcess.js';

const OLDEST = 22;
const MAIN = join(REPOSITORY, 'dist/src/main.js');

const majorOf = (version: string): number => Number(/^v?(\d+)\./.exec(version.trim())?.[1]);

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(program: string, ...parameters: readonly string[]): Promise<Run> {
  try {
    // A port that cannot be had: a guard that let this through would be found out, and nothing would stay behind.
    const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], PORT: 'none' };
    return { code: 0, ...(await promisify(execFile)(program, parameters, { cwd: REPOSITORY, env })) };
  } catch (error) {
    return error as Run;
  }
}

/** The machine's own Node, as a shell outside npm finds it; null where there is none. */
function hostNode(): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '' && !folder.includes('node_modules'));
  for (const path of folders.map((folder) => join(folder, 'node'))) {
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not here.
    }
  }
  return null;
}

const refusal = (version: string): Run => ({
  code: 1,
  stdout: '',
  stderr: `Bailiwick needs Node 22 or later; this is ${version}. "npm start" brings its own on Linux.\n`,
});
const told = ({ code, stdout, stderr }: Run): Run => ({ code, stdout, stderr });

describe('the Node that the service runs on', () => {
  it('is 22 or later under npm, whatever the machine has', async () => {
    const { stdout } = await run('npm', 'exec', '--offline', '-c', 'node --version');
    expect(majorOf(stdout)).toBeGreaterThanOrEqual(OLDEST);
  });

  it('is refused in one line where it is older: the embedded database would end the process without a word', async () => {
    const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } }); require(${JSON.stringify(MAIN)})`;
    expect(told(await run(process.execPath, '-e', pretend))).toEqual(refusal('20.20.2'));
  });

  it('the machine’s own is refused likewise if it is older, and else gets as far as reading the settings', async () => {
    const host = hostNode();
    if (host === null) return;
    const version = (await run(host, '--version')).stdout.trim().slice(1);
    const expected =
      majorOf(version) < OLDEST
        ? refusal(version)
        : { code: 1, stdout: '', stderr: 'Bailiwick cannot start: PORT must be a whole number from 0 to 65535 (it is "none").\n' };
    expect(told(await run(host, MAIN))).toEqual(expected);
  });
});
