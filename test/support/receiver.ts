import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { until } from './rows.js';

/** A message as a receiver got it. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly id: string;
  readonly type: string;
  readonly keyId: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** How a receiver answers. */
export type Answering = (response: ServerResponse, message: Received) => void;

const taken: Answering = (response) => void response.writeHead(204).end();

/** A real HTTP server that is told by webhooks. */
export class Receiver {
  readonly received: Received[] = [];
  answer: Answering = taken;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString('utf8');
        const { type, data } = JSON.parse(body === '' ? '{"data":{}}' : body) as { type: string; data: Record<string, unknown> };
        const { headers, url = '' } = request;
        const message = { path: url, headers, body, id: String(headers['webhook-id']), type, keyId: String(data['id']), data };
        receiver.received.push(message);
        receiver.answer(response, message);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`;
  }

  /** What it was told, as `type keyId`. */
  get told(): string[] {
    return this.received.map(({ type, keyId }) => `${type} ${keyId}`);
  }

  /** Forgets what it was told, and takes everything. */
  reset(): void {
    this.received.length = 0;
    this.answer = taken;
  }

  /** Waits until it was told so many messages. */
  async hears(count: number): Promise<readonly Received[]> {
    return until(() => Promise.resolve(this.received.length >= count ? this.received : undefined));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Whether a library of Standard Webhooks takes a message as signed with that secret. */
export function isSigned(secret: string, { body, headers }: Received): boolean {
  try {
    new Webhook(secret).verify(body, headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
}
