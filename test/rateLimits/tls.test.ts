import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { openRateLimits } from '../../src/rateLimits/index.js';
import { findPrograms, PROGRAMS_WITHIN_MS } from '../support/debian/programs.js';
import { freshFolder, removeFolder } from '../support/mariadbFolder.js';
import { pickPort } from '../support/mariadbProcess.js';
import { type RedisServer, startRedis } from '../support/redis.js';
import { steadily } from '../support/steadily.js';

const software = {
  name: 'openssl',
  packages: ['openssl'],
  programs: { openssl: ['openssl'] },
  advice: 'This test needs OpenSSL: install it so that openssl is found',
};
const trusted = getCACertificates();

let folder: string;
let redis: RedisServer;
let tlsPort: number;

beforeAll(async () => {
  const { paths, environment } = await findPrograms(software);
  folder = await freshFolder('bailiwick-tls-');
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const asked = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=redis'];
  await promisify(execFile)(paths.openssl, [...asked, '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', certificate], {
    env: environment,
  });
  tlsPort = await pickPort();
  redis = await startRedis(`tls-port ${tlsPort}`, `tls-cert-file ${certificate}`, `tls-key-file ${key}`, 'tls-auth-clients no');
}, PROGRAMS_WITHIN_MS);
afterAll(async () => {
  setDefaultCACertificates(trusted);
  await redis.stop();
  await removeFolder(folder);
});

/** How Redis is found over TLS, and what is logged of it. */
async function told(): Promise<{ readonly state: string; readonly logged: string }> {
  const logged: string[] = [];
  const log = pino({}, { write: (line: string) => void logged.push(line) });
  const url = { host: '127.0.0.1', port: tlsPort, user: '', password: redis.password, database: 0, tls: true };
  const limits = await openRateLimits(() => new Date(), log, { url, answerWithinMs: 30_000 });
  const state = limits.state();
  limits.close();
  return { state, logged: logged.join('') };
}

test('a Redis whose certificate the machine trusts is spoken to over TLS; one whose certificate it does not is away', async () => {
  await steadily(async () => {
    const { state, logged } = await told();
    expect([state, logged]).toEqual(['away', expect.stringContaining('"reason":"DEPTH_ZERO_SELF_SIGNED_CERT"')]);
    expect(logged).not.toContain(redis.password);
  });
  setDefaultCACertificates([...trusted, await readFile(join(folder, 'certificate.pem'), 'utf8')]);
  await steadily(async () => expect(await told()).toEqual({ state: 'up', logged: '' }));
});
