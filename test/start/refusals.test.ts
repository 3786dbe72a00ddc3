import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { refusalOf, type ServiceProcess, StartFolder } from './serviceProcess.js';

let folder: StartFolder;

beforeEach(async () => {
  folder = await StartFolder.make();
});
afterEach(() => folder.remove());

const start = (settings: Readonly<Record<string, string>> = {}, uid?: number): ServiceProcess =>
  folder.start({ settings, ...(uid === undefined ? {} : { uid }) });
const file = (...path: string[]): string => join(folder.path, ...path);

describe('an address that cannot be listened on', () => {
  it('is told where another process listens there', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    await start().stopWhenReady();
    const said = await refusalOf(start({ PORT: String(port) }));
    expect(said).toBe(`127.0.0.1:${port} is in use. Stop the other process, or set PORT to a free port.`);
    await closed(taken);
  });

  it.each([
    ['192.0.2.1', '192.0.2.1 is no address of this machine. Set HOST to one, or to 127.0.0.1.'],
    ['no-such-host.invalid', 'the host no-such-host.invalid is unknown. Check HOST and DATABASE_URL.'],
  ])('is told where HOST is %s', async (HOST, expected) => {
    await start().stopWhenReady();
    expect(await refusalOf(start({ HOST }))).toBe(expected);
  });
});

describe('a folder or file that cannot be used', () => {
  /** Root may write anywhere; another user may not. Whoever else runs this is one already. */
  const ordinary = process.getuid?.() === 0 ? 65_534 : undefined;

  it('is told where the folder may not be written', async () => {
    mkdirSync(file('locked'), { mode: 0o555 });
    // The working folder belongs to whoever starts the service; the one that is locked does not.
    if (ordinary !== undefined) chownSync(folder.path, ordinary, ordinary);
    expect(await refusalOf(start({ DATABASE_URL: 'sqlite:./locked/data/bailiwick.sqlite' }, ordinary))).toMatch(
      /^\S*locked\/data may not be written\. Set DATABASE_URL to a folder that this user may write\.$/,
    );
    expect(await refusalOf(start({ DATABASE_URL: 'sqlite:./locked/bailiwick.sqlite' }, ordinary))).toMatch(
      /^\S*locked\/\S+ may not be written\. Set DATABASE_URL to a folder that this user may write\.$/,
    );
    chmodSync(file('locked'), 0o755);
  });

  it('is told where the working folder may not be written and a password was to be kept there', async () => {
    mkdirSync(file('elsewhere'), { mode: 0o777 });
    chmodSync(file('elsewhere'), 0o777);
    chmodSync(folder.path, 0o555);
    const settings = { DATABASE_URL: 'sqlite:./elsewhere/bailiwick.sqlite' };
    expect(await refusalOf(start(settings, ordinary))).toBe(
      'BOOTSTRAP_PASSWORD must be set here: a password that is made up cannot be kept in data/first-sign-in (EACCES).',
    );
    // Nothing was founded with a password that nobody knows.
    const again = start({ ...settings, BOOTSTRAP_PASSWORD: 'correct horse battery' }, ordinary);
    await again.ready();
    expect(again.stdout).toContain('owner@localhost with BOOTSTRAP_PASSWORD');
    chmodSync(folder.path, 0o755);
  });

  it.each([
    ['below a file', 'sqlite:./a-file/data/bailiwick.sqlite'],
    ['in a file', 'sqlite:./a-file/bailiwick.sqlite'],
    ['below /proc', 'sqlite:/proc/bailiwick/bailiwick.sqlite'],
    ['a folder', 'sqlite:./a-folder'],
  ])('is told where it is %s', async (_where, DATABASE_URL) => {
    writeFileSync(file('a-file'), '');
    mkdirSync(file('a-folder'));
    expect(await refusalOf(start({ DATABASE_URL }))).toMatch(/^\S*(a-file|proc|a-folder)\S* .* Set DATABASE_URL to /);
  });

  it('is told where the file is no SQLite database, and it is left as it is', async () => {
    const text = 'These are my notes.\n'.repeat(100);
    writeFileSync(file('notes.txt'), text);
    expect(await refusalOf(start({ DATABASE_URL: 'sqlite:./notes.txt' }))).toBe(
      'the file of DATABASE_URL is no SQLite database. Name another.',
    );
    expect(readFileSync(file('notes.txt'), 'utf8')).toBe(text);
  });
});

describe('the one process on a SQLite file', () => {
  const inUse = /^\S+\.sqlite is in use by another process\. Stop that one, or set DATABASE_URL to another file\.$/;

  it('is told of by a second one, under whatever name, and goes on undisturbed; its end frees the file', async () => {
    const first = start();
    const base = await first.ready();
    symlinkSync(file('data', 'bailiwick.sqlite'), file('link.sqlite'));
    const key = readFileSync(file('data', 'encryption-key'), 'utf8').trim();
    for (const name of ['sqlite:./data/bailiwick.sqlite', `sqlite:${file('data', 'bailiwick.sqlite')}`, 'sqlite:./link.sqlite']) {
      expect(await refusalOf(start({ DATABASE_URL: name, ENCRYPTION_KEY: key }))).toMatch(inUse);
    }
    expect((await fetch(`${base}/readyz`)).status).toBe(200);
    // A process that was killed leaves no claim behind.
    await first.stop('SIGKILL');
    await start().ready();
  });
});

describe('an encryption key that is not the database’s', () => {
  const wrong = /^ENCRYPTION_KEY does not fit this database/;

  it('is told, and neither key is', async () => {
    await start().stopWhenReady();
    const right = readFileSync(file('data', 'encryption-key'), 'utf8').trim();
    const other = randomBytes(32).toString('base64');
    expect(await refusalOf(start({ ENCRYPTION_KEY: other }), other, right)).toMatch(wrong);
    // The file of a first start that was lost and made anew is another key too.
    rmSync(file('data', 'encryption-key'));
    expect(await refusalOf(start(), right)).toMatch(wrong);
    await start({ ENCRYPTION_KEY: right }).ready();
  });

  it('is told where its file is damaged', async () => {
    await start().stopWhenReady();
    writeFileSync(file('data', 'encryption-key'), 'nonsense\n');
    expect(await refusalOf(start(), 'nonsense')).toMatch(/encryption-key must hold 32 bytes in base64: restore it from a backup\.$/);
    expect(existsSync(file('data', 'encryption-key'))).toBe(true);
  });
});

const closed = (server: Server): Promise<unknown> => new Promise((resolve) => server.close(resolve));
