import { randomBytes } from 'node:crypto';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import SqliteConnection from 'better-sqlite3';
import { mysqlQuery } from '../database/mysqlQuery.js';
import { Client } from '../support/client.js';
import { type MariadbServer, startMariadb } from '../support/mariadb.js';
import { createMariadbDatabase } from '../support/testDatabase.js';
import { REPOSITORY, type ServiceProcess, StartFolder } from './serviceProcess.js';

const BOOTSTRAP_PASSWORD = 'correct horse battery';
const ENCRYPTION_KEY = randomBytes(32).toString('base64');

let folder: StartFolder;
let mariadb: MariadbServer | undefined;

beforeEach(async () => {
  folder = await StartFolder.make();
});
afterEach(() => folder.remove());
afterAll(() => mariadb?.stop());

/** How the check ended, and what it said. */
interface Verdict {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What `npm run audit:verify` runs once it has built, with the settings of the service. */
const verify = (url: string): Promise<Verdict> =>
  new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], DATABASE_URL: url, ENCRYPTION_KEY };
    execFile(process.execPath, [join(REPOSITORY, 'dist/src/start/auditVerify.js')], { cwd: folder.path, env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });

/** A database of that kind, and the way past the service into it. */
async function databaseOf(
  kind: 'sqlite' | 'mariadb',
): Promise<{ url: string; sql: (statement: string) => Promise<void>; drop: () => Promise<void> }> {
  if (kind === 'sqlite') {
    const file = join(folder.path, 'audited.sqlite');
    const sql = (statement: string): Promise<void> => {
      const connection = new SqliteConnection(file);
      connection.exec(statement);
      connection.close();
      return Promise.resolve();
    };
    return { url: `sqlite:${file}`, sql, drop: () => Promise.resolve() };
  }
  mariadb ??= await startMariadb();
  const home = await createMariadbDatabase(mariadb.url);
  const sql = async (statement: string): Promise<void> => {
    await mysqlQuery(home.url, statement);
  };
  return { ...home, sql };
}

const startOn = (url: string): ServiceProcess => folder.start({ settings: { DATABASE_URL: url, ENCRYPTION_KEY, BOOTSTRAP_PASSWORD } });

async function owner(base: string): Promise<{ client: Client; organizationId: string }> {
  const { signIn } = await new Client(base).ask<{ signIn: { accessToken: string; user: { organization: { id: string } } } }, object>(
    'mutation ($input: SignInInput!) { signIn(input: $input) { accessToken user { organization { id } } } }',
    { input: { email: 'owner@localhost', password: BOOTSTRAP_PASSWORD } },
  );
  return { client: new Client(base).as(signIn.accessToken), organizationId: signIn.user.organization.id };
}

describe.each(['sqlite', 'mariadb'] as const)('npm run audit:verify beside a running service on %s (R66)', (kind) => {
  it('says that all is as it was written, also while it is being written, and 1 with the place once something is not', async () => {
    const { url, sql, drop } = await databaseOf(kind);
    const { client, organizationId } = await owner(await startOn(url).ready());
    const create = (name: string) =>
      client.ask('mutation ($input: CreateApplicationInput!) { createApplication(input: $input) { application { id } } }', {
        input: { organizationId, name },
      });
    for (const name of ['A', 'B', 'C']) await create(name);

    const whole = await verify(url);
    expect(whole).toEqual({ code: 0, stdout: expect.stringMatching(/^Tenants: 1\. Events: \d+\. Breaches: 0\.\n$/), stderr: '' });

    const enough = new AbortController();
    const writing = (async () => {
      for (let n = 0; !enough.signal.aborted; n += 1) await create(`Meanwhile ${n}`);
    })();
    expect(await verify(url)).toMatchObject({ code: 0, stderr: '' });
    enough.abort();
    await writing;

    await sql('DROP TRIGGER audit_events_kept');
    await sql(`UPDATE audit_events SET changes = '{"after":{"name":"Z"}}' WHERE sequence = 2`);
    expect(await verify(url)).toEqual({
      code: 1,
      stdout: expect.stringMatching(
        new RegExp(`^${organizationId}: event 2 has been changed\nTenants: 1\\. Events: \\d+\\. Breaches: 1\\.\n$`),
      ),
      stderr: '',
    });
    await folder.remove();
    await drop();
  });
});

it('says in one line why it could not look, and ends with 1', async () => {
  const absent = await verify(`sqlite:${join(folder.path, 'absent.sqlite')}`);
  expect(absent).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^The audit trail cannot be verified: [^\n]+\n$/) });
  expect(await verify('postgres://nowhere')).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^[^\n]*DATABASE_URL[^\n]*\n$/),
  });
});

it('needs no running service: what a stopped one has left is read as it stands', async () => {
  const { url } = await databaseOf('sqlite');
  const service = startOn(url);
  await owner(await service.ready());
  await service.stop();
  expect(await verify(url)).toMatchObject({ code: 0, stderr: '' });
});
