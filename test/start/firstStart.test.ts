import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type ServiceProcess, StartFolder } from './serviceProcess.js';

let folder: StartFolder;

beforeEach(async () => {
  folder = await StartFolder.make();
});
afterEach(() => folder.remove());

const file = (...path: string[]): string => join(folder.path, ...path);
const modeOf = (...path: string[]): string => (statSync(file(...path)).mode & 0o777).toString(8);

/** The printed commands, run by bash as somebody would who pastes them; what the last one prints. */
async function paste(service: ServiceProcess, environment: Record<string, string> = {}): Promise<unknown> {
  const commands = service.stdout.split('\n').filter((line) => line.includes('curl '));
  expect(commands).toHaveLength(3);
  const { stdout } = await promisify(execFile)('bash', ['-eu', '-c', commands.join('\n')], {
    cwd: folder.path,
    env: { PATH: process.env['PATH'], ...environment },
  });
  return JSON.parse(stdout);
}

const signInWith = async (base: string, email: string, password: string): Promise<unknown> => {
  const query = 'mutation ($input: SignInInput!) { signIn(input: $input) { accessToken } }';
  const response = await fetch(`${base}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { input: { email, password } } }),
  });
  return ((await response.json()) as { data?: unknown }).data;
};
const signedIn = { signIn: { accessToken: expect.any(String) } };

describe('the first start in an empty folder', () => {
  it('says where the API and the playground are, and how to sign in, and its three commands do the main job', async () => {
    const service = folder.start();
    const base = await service.ready();
    await service.until(() => (service.stdout.split('curl ').length > 3 ? true : undefined));
    expect(service.stdout).toContain(`Playground  ${base}/playground`);
    expect(service.stdout).toContain('Sign in     owner@localhost, with the password in data/first-sign-in');
    expect((await fetch(`${base}/playground`)).status).toBe(200);
    expect(await paste(service)).toEqual({ data: { verifyApiKey: { valid: true, code: 'VALID', message: expect.any(String) } } });
    expect(service.stderr).toBe('');
  });

  it('keeps its password and its encryption key in files that only their owner reads, and nowhere else', async () => {
    const service = folder.start();
    const base = await service.ready();
    expect([modeOf('data', 'first-sign-in'), modeOf('data', 'encryption-key'), modeOf('data', 'bailiwick.sqlite')]).toEqual([
      '600',
      '600',
      '600',
    ]);
    const [email = '', password = ''] = readFileSync(file('data', 'first-sign-in'), 'utf8').split('\n');
    expect(await signInWith(base, email, password)).toEqual(signedIn);
    expect(service.stdout + service.stderr).not.toContain(password);
    expect(Buffer.from(readFileSync(file('data', 'encryption-key'), 'utf8'), 'base64')).toHaveLength(32);
  });

  it('writes the password to a file of its own making, not into one that others read', async () => {
    mkdirSync(file('data'));
    writeFileSync(file('data', 'first-sign-in'), 'left over\n', { mode: 0o644 });
    chmodSync(file('data', 'first-sign-in'), 0o644);
    await folder.start().ready();
    expect(modeOf('data', 'first-sign-in')).toBe('600');
    expect(readFileSync(file('data', 'first-sign-in'), 'utf8')).toMatch(/^owner@localhost\n[a-z2-9-]{23}\n$/);
  });

  it('takes the organization, the address and the password from its settings, and writes none of it down', async () => {
    const settings = {
      BOOTSTRAP_ORGANIZATION: 'Acme "North" & Söhne',
      BOOTSTRAP_EMAIL: 'ada@acme.test',
      // Nothing that a shell, JSON or GraphQL might take for its own breaks the commands.
      BOOTSTRAP_PASSWORD: 'correct "horse" \\battery $HOME `x` \'y\' \\"',
    };
    const service = folder.start({ settings });
    const base = await service.ready();
    expect(service.stdout).toContain('ada@acme.test with BOOTSTRAP_PASSWORD');
    expect(service.stdout).not.toContain('battery');
    expect(existsSync(file('data', 'first-sign-in'))).toBe(false);
    expect(await signInWith(base, 'ada@acme.test', settings.BOOTSTRAP_PASSWORD)).toEqual(signedIn);
    expect(await paste(service, settings)).toMatchObject({ data: { verifyApiKey: { valid: true } } });
  });
});

describe('a second start', () => {
  it('founds nothing anew: the first password still works, and none is told again', async () => {
    const first = folder.start();
    await first.ready();
    const kept = readFileSync(file('data', 'first-sign-in'), 'utf8');
    const key = readFileSync(file('data', 'encryption-key'), 'utf8');
    await first.stop();

    const settings = { BOOTSTRAP_EMAIL: 'somebody@else.test', BOOTSTRAP_PASSWORD: 'another good password' };
    const second = folder.start({ settings });
    const base = await second.ready();
    expect(second.stdout).not.toMatch(/Sign in|curl/);
    expect(readFileSync(file('data', 'first-sign-in'), 'utf8')).toBe(kept);
    expect(readFileSync(file('data', 'encryption-key'), 'utf8')).toBe(key);
    const [email = '', password = ''] = kept.split('\n');
    expect(await signInWith(base, email, password)).toEqual(signedIn);
    expect(await signInWith(base, settings.BOOTSTRAP_EMAIL, settings.BOOTSTRAP_PASSWORD)).toBeNull();
  });

  it('after a first one that founded but found its port taken still has a way to sign in', async () => {
    const taken = await listening();
    const { port } = taken.address() as { port: number };
    const first = folder.start({ settings: { PORT: String(port) } });
    expect(await first.ended).toMatchObject({ code: 1 });
    await new Promise((resolve) => taken.close(resolve));
    const base = await folder.start({ settings: { PORT: String(port) } }).ready();
    expect(base).toBe(`http://127.0.0.1:${port}`);
    const [email = '', password = ''] = readFileSync(file('data', 'first-sign-in'), 'utf8').split('\n');
    expect(await signInWith(base, email, password)).toEqual(signedIn);
  });
});

describe('the end', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('%s lets go of port and file and exits 0, also with a connection open', async (signal) => {
    const service = folder.start();
    const base = await service.ready();
    // Kept alive by the client, and idle.
    expect((await fetch(`${base}/livez`)).status).toBe(200);
    expect(await service.stop(signal)).toMatchObject({ code: 0, signal: null });
    expect(service.stderr).toBe('');
    await expect(fetch(`${base}/livez`)).rejects.toThrow();
    await folder.start().ready();
  });
});

const listening = async (): Promise<Server> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
};
