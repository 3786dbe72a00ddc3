import { readConfig } from '../../src/config.js';
import { composeFiles, read, servicesOf } from './files.js';

/** Where the service listens in its container is not the operator's to say: the port is published as the file says. */
const inside = ['HOST', 'PORT'];

const replicas = (services: ReadonlyMap<string, string>) => [...services].filter(([name]) => name.startsWith('bailiwick'));
const settingsOf = (service: string) =>
  new Map([...service.matchAll(/^ {6}([A-Z_]+): (.*)$/gm)].map(([, name = '', value = '']) => [name, value]));

describe.each(composeFiles)('%s', (file) => {
  const text = read(file);
  const services = servicesOf(text);

  test('hands every setting of the README on to the service, and what is not set arrives as not set', () => {
    const rows = read('README.md').matchAll(/^\| (`[A-Z_`, ]+`) \|/gm);
    const names = [...rows].flatMap(([, cell = '']) => [...cell.matchAll(/[A-Z_]+/g)].map(([name]) => name));
    expect(names).toContain('BAILIWICK_MAX_API_KEYS');
    for (const [, replica] of replicas(services)) {
      const handed = settingsOf(replica);
      expect(names.filter((name) => !inside.includes(name) && !handed.has(name))).toEqual([]);
      const unset = [...handed].filter(([, value]) => value.endsWith(':-}')).map(([name]) => [name, ''] as const);
      expect(readConfig(Object.fromEntries(unset))).toEqual(readConfig({}));
    }
  });

  test('leads the service to MySQL and Redis by URLs that it reads', () => {
    for (const [, replica] of replicas(services)) {
      const handed = settingsOf(replica);
      const url = (name: string) => handed.get(name)!.replace(/\$\{\w+:\?[^}]*\}/g, 'c0ffee');
      const config = readConfig({
        DATABASE_URL: url('DATABASE_URL'),
        REDIS_URL: url('REDIS_URL'),
        ENCRYPTION_KEY: Buffer.alloc(32).toString('base64'),
      });
      expect(config.DATABASE_URL).toMatchObject({
        kind: 'mysql',
        host: 'mysql',
        user: 'bailiwick',
        password: 'c0ffee',
        database: 'bailiwick',
      });
      expect(config.REDIS_URL).toMatchObject({ host: 'redis', port: 6379, password: 'c0ffee' });
      expect([...services.keys()]).toEqual(expect.arrayContaining(['mysql', 'redis']));
    }
  });

  test('holds no secret, and does not start while one is missing', () => {
    const asked = [...read('docker/example.env').matchAll(/^([A-Z_]+)=$/gm)].map(([, name]) => name);
    expect(asked).toEqual(['MYSQL_PASSWORD', 'REDIS_PASSWORD', 'ENCRYPTION_KEY', 'BOOTSTRAP_PASSWORD']);
    for (const name of asked) {
      const uses = [...text.matchAll(new RegExp(`\\$\\{${name}([^}]*)\\}`, 'g'))].map(([, otherwise]) => otherwise);
      expect([name, uses.length > 0, new Set(uses)]).toEqual([name, true, new Set([':?see example.env'])]);
    }
  });

  test('has every container come back by itself, stop in its own time, and keep within its part of the machine', () => {
    expect(services.size).toBe(file.includes('replicas') ? 6 : 3);
    for (const [name, service] of services) {
      expect([name, service]).toEqual([name, expect.stringMatching(/^ {4}restart: unless-stopped$/m)]);
      expect([name, service]).toEqual([name, expect.stringMatching(/^ {4}stop_grace_period: \d+s$/m)]);
      expect([name, service]).toEqual([name, expect.stringMatching(/limits: \{ cpus: '\d', memory: \d+[gm], pids: \d+ \}/)]);
      expect([name, service]).toEqual([name, expect.stringMatching(/^ {4}security_opt: \[no-new-privileges:true\]$/m)]);
      // A version is named; what is built here says by itself whether it is healthy.
      if (/^ {4}build:$/m.test(service)) continue;
      expect([name, service]).toEqual([name, expect.stringMatching(/^ {4}image: \w+:\d+\.\d+[\w.-]*$/m)]);
      expect([name, service]).toEqual([name, expect.stringMatching(/^ {4}healthcheck:\n {6}test: \[CMD-SHELL, /m)]);
    }
    // MySQL's own start changes owners and writes below /var.
    for (const [name, service] of services) expect([name, service.includes('read_only: true')]).toEqual([name, name !== 'mysql']);
  });

  test('publishes nothing but the API, and that to this machine only', () => {
    expect([...text.matchAll(/^ {6}- (\S*:\d+:\d+)$/gm)].map(([, port]) => port)).toEqual([
      file.includes('replicas') ? '127.0.0.1:4000:8080' : '127.0.0.1:4000:4000',
    ]);
  });
});

test('a replica is the service of compose.yml, but for its port and its part of the machine', () => {
  const [single, several] = composeFiles.map((file) => replicas(servicesOf(read(file))).map(([, service]) => service));
  const bare = (service: string) =>
    service
      .replace(/^ {4}ports:\n(?: {6}.*\n)+/m, '')
      .replace(/cpus: '\d'/, '')
      .trim();
  expect(several).toHaveLength(3);
  for (const each of several!) expect(bare(each)).toBe(bare(single![0]!));
});
