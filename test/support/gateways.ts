import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { findPrograms } from './debian/programs.js';
import { caddy, nginx } from './debian/software.js';
import { knock } from './doors.js';
import { freshFolder, removeFolder, startWatchdog } from './mariadbFolder.js';
import { ended, hasEnded, pickPort } from './mariadbProcess.js';

/** How a gateway is configured: the variables of the files in `docker/`. */
export interface GatewaySettings {
  /** Of Bailiwick, as the file wants it. */
  readonly bailiwick: string;
  readonly serviceKey: string;
  readonly ask: string;
  /** Of the service behind. */
  readonly service: string;
}

/** A gateway that runs. */
export interface Gateway {
  readonly url: string;
  stop(): Promise<void>;
}

/** What the service behind a gateway was sent. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const docker = join(__dirname, '../../docker');
const addressOf = (url: string): string => new URL(url).host;

/** A service that answers with what it was sent. */
export async function startEcho(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const status = url.startsWith('/status/') ? Number(url.slice('/status/'.length)) : 200;
      const seen: Seen = { method, url, headers, body };
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(seen));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** nginx on `docker/gateway/nginx.conf.template`, filled in as the official image does. */
export const startNginx = (settings: GatewaySettings): Promise<Gateway> =>
  start('nginx', async (folder, port) => {
    const { paths, environment } = await findPrograms(nginx);
    const values = { GATEWAY_LISTEN: `127.0.0.1:${port}`, ...variables(settings) };
    const template = await readFile(join(docker, 'gateway/nginx.conf.template'), 'utf8');
    const site = Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`\${${name}}`, value), template);
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${join(folder, name)};`);
    const main = [
      ...(process.getuid?.() === 0 ? ['user root;'] : []),
      `daemon off; worker_processes 1; pid ${join(folder, 'pid')}; error_log ${join(folder, 'log')} warn;`,
      'events {}',
      `http { access_log off; ${temporary.join(' ')} include ${join(folder, 'site.conf')}; }`,
    ];
    await writeFile(join(folder, 'site.conf'), site);
    await writeFile(join(folder, 'nginx.conf'), main.join('\n'));
    return spawn(paths.nginx, ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'log')], {
      ...detached,
      env: environment,
    });
  });

/** Caddy on `docker/gateway/Caddyfile`. */
export const startCaddy = (settings: GatewaySettings): Promise<Gateway> =>
  start('caddy', async (folder, port) => {
    const { paths, environment } = await findPrograms(caddy);
    const own = { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder, GATEWAY_SITE: `http://127.0.0.1:${port}` };
    const env = { ...environment, ...own, ...variables(settings) };
    return spawn(paths.caddy, ['run', '--config', join(docker, 'gateway/Caddyfile'), '--adapter', 'caddyfile'], { ...detached, env });
  });

const detached = { cwd: '/', detached: true, stdio: 'ignore' } as const;

const variables = ({ bailiwick, serviceKey, ask, service }: GatewaySettings) => ({
  BAILIWICK_ADDRESS: addressOf(bailiwick),
  BAILIWICK_SERVICE_KEY: serviceKey,
  BAILIWICK_ASK: ask,
  SERVICE_ADDRESS: addressOf(service),
});

const START_MS = 20_000;

/** Starts a gateway in a folder of its own; nothing of it outlives this process. */
async function start(name: string, boot: (folder: string, port: number) => Promise<ChildProcess>): Promise<Gateway> {
  const folder = await freshFolder(`bailiwick-${name}-`);
  const watchdog = startWatchdog(folder);
  const port = await pickPort();
  const url = `http://127.0.0.1:${port}`;
  const child = await boot(folder, port);
  child.unref();
  watchdog.guard(child.pid);
  const stop = async (): Promise<void> => {
    // Its workers end with it only where it is asked, not where it is killed.
    child.kill('SIGTERM');
    await ended(child);
    await removeFolder(folder);
    watchdog.release();
  };
  const deadline = Date.now() + START_MS;
  for (;;) {
    try {
      await knock(url);
      return { url, stop };
    } catch {
      if (!hasEnded(child) && Date.now() < deadline) continue;
      const log = await readFile(join(folder, 'log'), 'utf8').catch(() => '');
      await stop();
      throw new Error(`${name} did not start: ${log}`);
    }
  }
}
