import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { refusalOf, StartFolder } from './serviceProcess.js';

let folder: StartFolder;

beforeEach(async () => {
  folder = await StartFolder.make();
});
afterEach(() => folder.remove());

const refused = (settings: Readonly<Record<string, string>>, ...secrets: readonly string[]): Promise<string> =>
  refusalOf(folder.start({ settings }), ...secrets);

const SECRET = 'hunter2hunter2';

describe('a malformed setting stops the start with one line that names it and says what to write', () => {
  it.each([
    ['PORT', 'abc', 'PORT must be a whole number from 0 to 65535 (it is "abc").'],
    ['PORT', '65536', 'PORT must be a whole number from 0 to 65535 (it is "65536").'],
    ['PORT', '-1', 'PORT must be a whole number from 0 to 65535 (it is "-1").'],
    ['PORT', '80.5', 'PORT must be a whole number from 0 to 65535 (it is "80.5").'],
    ['PORT', ' ', 'PORT must be a whole number from 0 to 65535 (it is " ").'],
    ['BAILIWICK_MAX_API_KEYS', '0', 'BAILIWICK_MAX_API_KEYS must be a whole number from 1 to 999999999 (it is "0").'],
    ['METRICS_PORT', '65536', 'METRICS_PORT must be a whole number from 0 to 65535 (it is "65536").'],
    ['METRICS_PORT', 'yes', 'METRICS_PORT must be a whole number from 0 to 65535 (it is "yes").'],
    ['BAILIWICK_MAX_REQUESTS', '0', 'BAILIWICK_MAX_REQUESTS must be a whole number from 1 to 100000 (it is "0").'],
    ['BAILIWICK_MAX_REQUESTS', '1e3', 'BAILIWICK_MAX_REQUESTS must be a whole number from 1 to 100000 (it is "1e3").'],
    ['BAILIWICK_DATABASE_CONNECTIONS', '501', 'BAILIWICK_DATABASE_CONNECTIONS must be a whole number from 1 to 500 (it is "501").'],
    ['BAILIWICK_DATABASE_TIMEOUT_SECONDS', '0', 'BAILIWICK_DATABASE_TIMEOUT_SECONDS must be a whole number from 1 to 70 (it is "0").'],
    ['BAILIWICK_DRAIN_SECONDS', '-1', 'BAILIWICK_DRAIN_SECONDS must be a whole number from 0 to 300 (it is "-1").'],
    ['BAILIWICK_DRAIN_SECONDS', '301', 'BAILIWICK_DRAIN_SECONDS must be a whole number from 0 to 300 (it is "301").'],
    ['LOG_LEVEL', 'loud', 'LOG_LEVEL must be fatal, error, warn, info, debug, trace or silent (it is "loud").'],
    ['PUBLIC_URL', 'x', 'PUBLIC_URL must be an http or https URL.'],
    ['PUBLIC_URL', 'ftp://id.example.test', 'PUBLIC_URL must be an http or https URL.'],
    ['PUBLIC_URL', 'https://user:pass@id.example.test', 'PUBLIC_URL must name no user, no query and no fragment: it is published.'],
    ['BAILIWICK_LOG_RETENTION_DAYS', '0', 'BAILIWICK_LOG_RETENTION_DAYS must be a whole number from 1 to 3650 (it is "0").'],
    ['BAILIWICK_LOG_RETENTION_DAYS', '3651', 'BAILIWICK_LOG_RETENTION_DAYS must be a whole number from 1 to 3650 (it is "3651").'],
    ['BAILIWICK_USAGE_RETENTION_DAYS', 'ever', 'BAILIWICK_USAGE_RETENTION_DAYS must be a whole number from 1 to 3650 (it is "ever").'],
    ['BAILIWICK_SIGNING_KEY_DAYS', '0', 'BAILIWICK_SIGNING_KEY_DAYS must be a whole number from 1 to 3650 (it is "0").'],
    ['BOOTSTRAP_EMAIL', 'nobody', 'BOOTSTRAP_EMAIL must be an e-mail address (it is "nobody").'],
    ['BOOTSTRAP_EMAIL', `${'a'.repeat(250)}@b.test`, expect.stringMatching(/^BOOTSTRAP_EMAIL must not be longer than 254 characters/)],
    ['BOOTSTRAP_ORGANIZATION', ' ', 'BOOTSTRAP_ORGANIZATION must not be empty (it is " ").'],
  ])('%s=%s', async (name, value, said) => {
    expect(await refused({ [name]: value })).toEqual(said);
    // It stopped before it made anything.
    expect(existsSync(join(folder.path, 'data'))).toBe(false);
  });

  it.each<readonly [name: string, value: string, said: string]>([
    ['BOOTSTRAP_PASSWORD', 'hunter2', 'BOOTSTRAP_PASSWORD must have at least 12 characters.'],
    ['BOOTSTRAP_PASSWORD', SECRET.repeat(6), 'BOOTSTRAP_PASSWORD must not be longer than 72 bytes.'],
    ['ENCRYPTION_KEY', 'short', 'ENCRYPTION_KEY must be 32 bytes in base64 (openssl rand -base64 32).'],
    ['ENCRYPTION_KEY', 'a'.repeat(64), 'ENCRYPTION_KEY must be 32 bytes in base64 (openssl rand -base64 32).'],
    ...[
      'foo',
      'sqlite:',
      'sqlite::memory:',
      `postgres://bailiwick:${SECRET}@127.0.0.1/bailiwick`,
      `mysql://bailiwick:${SECRET}@127.0.0.1`,
      `mysql://bailiwick:${SECRET}@127.0.0.1:99999/bailiwick`,
      `mysql://bailiwick:${SECRET}%zz@127.0.0.1/bailiwick`,
      `mysql://bailiwick:${SECRET}@127.0.0.1/bailiwick?ssl=true`,
      `mysql://bailiwick:#${SECRET}@127.0.0.1/bailiwick`,
    ].map((url) => ['DATABASE_URL', url, 'DATABASE_URL must be sqlite:<file> or mysql://user:password@host:port/database.'] as const),
    ['REDIS_URL', `http://:${SECRET}@127.0.0.1`, 'REDIS_URL must be redis://user:password@host:port/number, or rediss:// for TLS.'],
    ['REDIS_URL', `:${SECRET}@127.0.0.1:6379`, 'REDIS_URL must be redis://user:password@host:port/number, or rediss:// for TLS.'],
  ])('%s=%s, without repeating what may be secret', async (name, value, said) => {
    expect(await refused({ [name]: value }, SECRET)).toBe(said);
  });

  it('names the first of several', async () => {
    expect(await refused({ PORT: 'abc', LOG_LEVEL: 'loud', DATABASE_URL: 'foo' })).toMatch(/^PORT /);
  });
});

describe('a Redis that cannot be reached', () => {
  it('does not keep the service from starting, is told once, and its password never', async () => {
    const service = folder.start({ settings: { REDIS_URL: `redis://:${SECRET}@127.0.0.1:1`, LOG_LEVEL: 'info' } });
    const base = await service.ready();
    const answer = await fetch(`${base}/readyz`);
    expect({ code: answer.status, told: await answer.json() }).toEqual({
      code: 200,
      told: expect.objectContaining({ status: 'ready', database: 'up', redis: 'away' }),
    });
    await service.stop();
    const lines = service.stdout.split('\n').filter((line) => line.includes('Redis'));
    expect(lines).toEqual([expect.stringContaining('"reason":"ECONNREFUSED"')]);
    expect(service.stdout + service.stderr).not.toContain(SECRET);
  });
});

describe('settings that are unknown or missing', () => {
  it.each(['BAILIWICK_X', 'BOOTSTRAP_X', 'BOOTSTRAP_PASSWROD', 'BAILIWICK_', 'BOOTSTRAP_constructor'])(
    '%s is refused: a typo never becomes a default, and its value is not repeated',
    async (name) => {
      expect(await refused({ [name]: SECRET }, SECRET)).toBe(
        `${name} is no setting of Bailiwick: remove it, or look its name up in the README.`,
      );
    },
  );

  it('ENCRYPTION_KEY is required with MySQL, and nothing is connected to before it is there', async () => {
    expect(await refused({ DATABASE_URL: `mysql://bailiwick:${SECRET}@127.0.0.1:1/bailiwick` }, SECRET)).toBe(
      'ENCRYPTION_KEY is required with MySQL: 32 bytes in base64 (openssl rand -base64 32), the same on every replica.',
    );
  });

  it('an empty variable is one that is not set', async () => {
    const settings = { DATABASE_URL: '', LOG_LEVEL: '', PUBLIC_URL: '', ENCRYPTION_KEY: '', BOOTSTRAP_PASSWORD: '', REDIS_URL: '' };
    await folder.start({ settings }).ready();
    expect(existsSync(join(folder.path, 'data', 'bailiwick.sqlite'))).toBe(true);
  });
});
