import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '../support/client.js';
import { type Figure, readFigures } from '../support/figures.js';
import { refusalOf, REPOSITORY, type ServiceProcess, StartFolder } from './serviceProcess.js';

const PASSWORD = 'correct horse battery';

let folder: StartFolder;

beforeEach(async () => {
  folder = await StartFolder.make();
});
afterEach(() => folder.remove());

async function started(more: Readonly<Record<string, string>> = {}): Promise<{ service: ServiceProcess; base: string; figures: string }> {
  const service = folder.start({ settings: { BOOTSTRAP_PASSWORD: PASSWORD, METRICS_PORT: '0', ...more } });
  const base = await service.ready();
  return { service, base, figures: await service.until(() => /^ {2}Metrics +(http:\/\/\S+)$/m.exec(service.stdout)?.[1]) };
}

const scrape = async (url: string): Promise<ReadonlyMap<string, Figure>> => readFigures(await (await fetch(url)).text());

/** The value of a figure with these labels. */
const valueOf = (figures: ReadonlyMap<string, Figure>, name: string, labels: Readonly<Record<string, string>> = {}, suffix = ''): number =>
  figures
    .get(name)
    ?.samples.find(
      (sample) => sample.name === `${name}${suffix}` && Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    )?.value ?? 0;

it('figures are told in the format of Prometheus, and say what was verified, by door and by code', async () => {
  const { base, figures: url } = await started();
  const anonymous = new Client(base);
  const { signIn } = await anonymous.ask<{ signIn: { accessToken: string } }>(
    `mutation { signIn(input: { email: "owner@localhost", password: "${PASSWORD}" }) { accessToken } }`,
  );
  const owner = anonymous.as(signIn.accessToken);
  const { organizations } = await owner.ask<{ organizations: { nodes: { id: string }[] } }>('{ organizations { nodes { id } } }');
  const keyWith = async (permission: string): Promise<string> => {
    const { createApiKey } = await owner.ask<{ createApiKey: { key: string } }>(
      `mutation { createApiKey(input: { namespaceId: "${organizations.nodes[0]!.id}", environment: PRODUCTION, name: "Key", permissions: ["${permission}"] }) { key } }`,
    );
    return createApiKey.key;
  };
  const [asker, asked] = [await keyWith('apiKey:verify'), await keyWith('event:submit')];
  const gateway = anonymous.as(asker);
  const verify = (permission: string): Promise<unknown> =>
    gateway.ask(`mutation { verifyApiKey(input: { key: "${asked}", permissions: ["${permission}"] }) { code } }`);
  for (let n = 0; n < 3; n += 1) await verify('event:submit');
  await verify('service:manage');
  await gateway.ask(`mutation { verifyApiKeys(inputs: [{ key: "${asked}" }, { key: "nonsense" }]) { code } }`);
  await gateway.ask('{ viewer { environment } }');
  const introspect = (token: string): Promise<Response> =>
    fetch(`${base}/oauth2/introspect`, {
      method: 'POST',
      headers: { authorization: `Bearer ${asker}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: `token=${token}`,
    });
  for (const token of [asked, asked, 'nonsense']) expect((await introspect(token)).status).toBe(200);
  const knock = (key: string): Promise<Response> =>
    fetch(`${base}/verify?permission=event:submit`, { headers: { 'x-bailiwick-service-key': asker, authorization: `Bearer ${key}` } });
  expect([(await knock(asked)).status, (await knock('nonsense')).status]).toEqual([200, 401]);
  await anonymous.as(`${asker.slice(0, -1)}${asker.endsWith('A') ? 'B' : 'A'}`).send('{ viewer { environment } }');

  const figures = await scrape(url);
  const verified = (door: string, code: string): number => valueOf(figures, 'bailiwick_verifications_total', { door, code });
  expect(verified('graphql', 'VALID')).toBe(4);
  expect(verified('graphql', 'INSUFFICIENT_PERMISSIONS')).toBe(1);
  expect(verified('graphql', 'NOT_FOUND')).toBe(1);
  expect([verified('introspect', 'VALID'), verified('introspect', 'NOT_FOUND')]).toEqual([2, 1]);
  expect([verified('verify', 'VALID'), verified('verify', 'NOT_FOUND')]).toEqual([1, 1]);
  expect(verified('api', 'VALID')).toBe(11);
  expect(verified('api', 'NOT_FOUND')).toBe(1);
  const answered = (door: string): number => valueOf(figures, 'bailiwick_verification_duration_seconds', { door }, '_count');
  expect([answered('graphql'), answered('api'), answered('introspect'), answered('verify')]).toEqual([5, 2, 3, 2]);
  expect(valueOf(figures, 'bailiwick_http_requests_total', { route: '/graphql', status: '200' })).toBe(10);
  expect(valueOf(figures, 'bailiwick_http_requests_total', { route: '/graphql', status: '401' })).toBe(1);
  expect(valueOf(figures, 'bailiwick_verification_duration_seconds', { door: 'graphql' }, '_sum')).toBeGreaterThan(0);
  expect(valueOf(figures, 'bailiwick_http_requests_in_flight')).toBe(0);
  const { version } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as { version: string };
  expect(valueOf(figures, 'bailiwick_build_info', { version })).toBe(1);
  expect(valueOf(figures, 'bailiwick_key_cache_entries')).toBeGreaterThan(0);
  expect(valueOf(figures, 'bailiwick_key_cache_hits_total')).toBeGreaterThan(0);
  for (const name of ['bailiwick_database_writing_queue_depth', 'bailiwick_password_queue_depth', 'nodejs_eventloop_lag_seconds'])
    expect(figures.has(name)).toBe(true);

  // Nothing of whom it was about.
  const text = await (await fetch(url)).text();
  expect(text).not.toMatch(/(key|org|usr)_[0-9a-z]{26}|bwk_|owner@/);
  for (const secret of [asker, asked]) expect(text).not.toContain(secret.slice(10));
});

it('strangers do not make figures grow: addresses that are nothing are one route (R61)', async () => {
  const { base, figures: url } = await started();
  // Ours alone: Node's own tell of each kind of garbage collection once it has come.
  const linesNow = async (): Promise<number> =>
    (await (await fetch(url)).text()).split('\n').filter((line) => line.startsWith('bailiwick_')).length;
  await fetch(`${base}/nothing`);
  await linesNow();
  const before = await linesNow();
  for (let n = 0; n < 50; n += 1) await fetch(`${base}/nothing/${n}?q=${n}`, { method: n % 2 === 0 ? 'GET' : 'POST' });
  expect(await linesNow()).toBe(before);
  const figures = await scrape(url);
  expect(valueOf(figures, 'bailiwick_http_requests_total', { route: 'none', status: '404' })).toBe(51);
});

it('figures are on an address of their own and nowhere else; nothing else is told there (R61)', async () => {
  const { base, figures: url } = await started();
  expect(new URL(url).hostname).toBe('127.0.0.1');
  for (const path of ['/metrics', '/metrics/', '/Metrics']) expect((await fetch(`${base}${path}`)).status).toBe(404);
  const told = new URL(url);
  for (const path of ['/', '/graphql', '/livez', '/metrics/more', '/metricsmore']) {
    told.pathname = path;
    expect((await fetch(told)).status).toBe(404);
  }
  expect((await fetch(url, { method: 'POST' })).status).toBe(405);
  const head = await fetch(url, { method: 'HEAD' });
  expect([head.status, head.headers.get('content-type'), await head.text()]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8', '']);
});

it('without METRICS_PORT there are none; a port that is taken stops the start', async () => {
  const { service, figures: url } = await started();
  const { port } = new URL(url);
  const other = await StartFolder.make();
  await other.start().stopWhenReady();
  const said = await refusalOf(other.start({ settings: { METRICS_PORT: port } }));
  expect(said).toBe(`METRICS_PORT: 127.0.0.1:${port} cannot be listened on (EADDRINUSE). Set it, or BAILIWICK_METRICS_HOST, to another.`);
  await other.remove();
  await service.stop();
  const without = folder.start({ settings: { BOOTSTRAP_PASSWORD: PASSWORD } });
  await without.ready();
  expect(without.stdout).not.toContain('Metrics');
});
