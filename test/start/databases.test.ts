import { randomBytes } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { mysqlQuery } from '../database/mysqlQuery.js';
import { type MariadbServer, startMariadb } from '../support/mariadb.js';
import { createMariadbDatabase } from '../support/testDatabase.js';
import { refusalOf, type ServiceProcess, StartFolder } from './serviceProcess.js';

const ENCRYPTION_KEY = randomBytes(32).toString('base64');

let mariadb: MariadbServer;
let folder: StartFolder;

beforeAll(async () => {
  mariadb = await startMariadb();
});
afterAll(() => mariadb.stop());
beforeEach(async () => {
  folder = await StartFolder.make();
});
afterEach(() => folder.remove());

const start = (url: string, more: Readonly<Record<string, string>> = {}): ServiceProcess =>
  folder.start({ settings: { DATABASE_URL: url, ENCRYPTION_KEY, ...more } });

/** What is said of a start on this address; its password must not be. */
const refused = (url: string, more: Readonly<Record<string, string>> = {}): Promise<string> =>
  refusalOf(start(url, more), new URL(url).password, ENCRYPTION_KEY);

/** The server's address with something else in it. */
function changed(change: (url: URL) => void): string {
  const url = new URL(mariadb.url);
  url.pathname = '/bailiwick_test_absent';
  change(url);
  return url.href;
}

describe('a MySQL database that cannot be used is told in one line', () => {
  it('where the password is wrong', async () => {
    const said = await refused(changed((url) => (url.password = 'hunter2hunter2')));
    expect(said).toBe('the database refuses this user or password. Check DATABASE_URL.');
  });

  it('where there is no such user, or none is named', async () => {
    const said = 'the database refuses this user or password. Check DATABASE_URL.';
    expect(await refused(changed((url) => (url.username = 'nobody')))).toBe(said);
    const anonymous = changed((url) => (url.username = ''));
    expect(await refusalOf(start(anonymous), new URL(mariadb.url).password)).toMatch(/Check DATABASE_URL\.$/);
  });

  it('where there is no such database', async () => {
    expect(await refused(changed(() => undefined))).toBe('there is no such database. Create it, or check DATABASE_URL.');
  });

  it('where the database is another’s', async () => {
    const said = await refused(changed((url) => (url.pathname = '/mysql')));
    expect(said).toBe('this user may not use that database. Grant it, or check DATABASE_URL.');
  });

  it('where the host is unknown', async () => {
    expect(await refused(changed((url) => (url.hostname = 'no-such-host.invalid')))).toBe(
      'the host no-such-host.invalid is unknown. Check HOST and DATABASE_URL.',
    );
  });

  it('where nothing listens', async () => {
    const { server, port } = await listening(() => undefined);
    await closed(server);
    expect(await refused(changed((url) => (url.port = String(port))))).toBe(
      `the database at 127.0.0.1:${port} refuses connections. Is it running, and is DATABASE_URL right?`,
    );
    // A name may stand for several addresses; then none of them is told.
    const named = changed((url) => ([url.hostname, url.port] = ['localhost', String(port)]));
    expect(await refused(named)).toMatch(/^the database (at \S+ )?refuses connections\. Is it running/);
    const sixth = changed((url) => ([url.hostname, url.port] = ['[::1]', String(port)]));
    expect(await refused(sixth)).toMatch(/^(the database at ::1:\d+ refuses connections\.|.* cannot be reached|::1 is no address)/);
  });

  it('where the connection is taken and never answered, after three seconds and not after minutes', async () => {
    const { server, port } = await listening(() => undefined);
    expect(await refused(changed((url) => (url.port = String(port))))).toBe(
      'the database does not answer. Is it running, and is the host of DATABASE_URL right?',
    );
    await closed(server);
  });

  it('where the server is frozen', async () => {
    const home = await createMariadbDatabase(mariadb.url);
    mariadb.kill('SIGSTOP');
    try {
      expect(await refused(home.url)).toBe('the database does not answer. Is it running, and is the host of DATABASE_URL right?');
    } finally {
      mariadb.kill('SIGCONT');
    }
    await home.drop();
  });

  it.each([
    ['hangs up', (socket: Socket) => void socket.end()],
    ['breaks off', (socket: Socket) => void socket.resetAndDestroy()],
    ['speaks HTTP', (socket: Socket) => void socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')],
    ['speaks another language', (socket: Socket) => void socket.end(Buffer.from('-ERR unknown command\r\n'.repeat(50)))],
  ])('where what listens there %s', async (_what, answer) => {
    const { server, port } = await listening(answer);
    expect(await refused(changed((url) => (url.port = String(port))))).toBe(
      'what listens at the address of DATABASE_URL does not speak as MySQL does. Is the port right?',
    );
    await closed(server);
  });

  it('where the user may not create tables', async () => {
    const home = await createMariadbDatabase(mariadb.url);
    const database = new URL(home.url).pathname.slice(1);
    await asRoot(
      `CREATE USER 'reader'@'127.0.0.1' IDENTIFIED BY 'hunter2hunter2'`,
      `GRANT SELECT, INSERT, UPDATE, DELETE ON \`${database}\`.* TO 'reader'@'127.0.0.1'`,
    );
    const url = new URL(home.url);
    [url.username, url.password] = ['reader', 'hunter2hunter2'];
    expect(await refused(url.href)).toBe(
      'this user lacks rights on its database: the migrations need all of them. Grant them, and start again.',
    );
    await home.drop();
  });

  it('where the server does not trust triggers (log_bin_trust_function_creators)', async () => {
    const home = await createMariadbDatabase(mariadb.url);
    await asRoot('SET GLOBAL log_bin_trust_function_creators = 0');
    expect(await refused(home.url)).toBe(
      'the migrations create triggers, which an ordinary user may do only with log_bin_trust_function_creators=1. Set it on the database server.',
    );
    await asRoot('SET GLOBAL log_bin_trust_function_creators = 1');
    await start(home.url).stopWhenReady();
    await home.drop();
  });

  it('where the encryption key is another than the one it was founded with', async () => {
    const home = await createMariadbDatabase(mariadb.url);
    await start(home.url).stopWhenReady();
    const other = randomBytes(32).toString('base64');
    expect(await refusalOf(start(home.url, { ENCRYPTION_KEY: other }), other, ENCRYPTION_KEY)).toBe(
      'ENCRYPTION_KEY does not fit this database: start with the key under which it was first used',
    );
    await start(home.url).stopWhenReady();
    await home.drop();
  });
});

describe('several processes on one MySQL database', () => {
  it('start at once, found it once, and each lets its first owner in', async () => {
    const home = await createMariadbDatabase(mariadb.url);
    const settings = { BOOTSTRAP_PASSWORD: 'correct horse battery' };
    const services = [1, 2, 3].map(() => start(home.url, settings));
    const bases = await Promise.all(services.map((service) => service.ready()));
    expect(services.filter(({ stdout }) => stdout.includes('Sign in'))).toHaveLength(1);
    for (const base of bases) {
      const response = await fetch(`${base}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          query: `mutation { signIn(input: { email: "owner@localhost", password: "${settings.BOOTSTRAP_PASSWORD}" }) { accessToken } }`,
        }),
      });
      expect(await response.json()).toEqual({ data: { signIn: { accessToken: expect.any(String) } } });
    }
    for (const service of services) expect(await service.stop()).toMatchObject({ code: 0 });
    await home.drop();
  });
});

async function asRoot(...statements: readonly string[]): Promise<void> {
  for (const statement of statements) await mysqlQuery(mariadb.rootUrl, statement);
}

const connections = new WeakMap<Server, Set<Socket>>();

async function listening(answer: (socket: Socket) => void): Promise<{ server: Server; port: number }> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket.on('error', () => undefined));
    answer(socket);
  });
  connections.set(server, open);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as { port: number }).port };
}

async function closed(server: Server): Promise<void> {
  for (const socket of connections.get(server) ?? []) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
}
