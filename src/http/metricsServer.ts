import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exposition, type Meters } from '../metrics/index.js';

/** Where the figures are told. */
export interface MetricsAddress {
  readonly host: string;
  readonly port: number;
}

const TIMEOUT_MS = 5_000;
const MOST_CONNECTIONS = 20;

/** Tells the figures to Prometheus at `/metrics`, on an address of their own: never where the public asks (R61). */
export async function openMetrics(meters: Meters, { host, port }: MetricsAddress) {
  const registry = exposition(meters);
  const answer = async ({ method = '', url = '' }: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (url.split('?', 1)[0] !== '/metrics') return void response.writeHead(404).end();
    if (method !== 'GET' && method !== 'HEAD') return void response.writeHead(405, { allow: 'GET, HEAD' }).end();
    const text = await registry.metrics();
    const headers = { 'content-type': registry.contentType, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
    response.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(text) }).end(method === 'HEAD' ? undefined : text);
  };
  const server = createServer({ headersTimeout: TIMEOUT_MS, requestTimeout: TIMEOUT_MS }, (request, response) => {
    answer(request, response).catch(() => response.writeHead(500).end());
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.listen({ host, port });
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return { address: { host, port: (server.address() as AddressInfo).port }, close };
}
