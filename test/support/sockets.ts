import { print, type DocumentNode } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket, type ClientOptions } from 'ws';
import type { Service } from './service.js';

/** What a socket was told, and how it was closed. */
export interface TestSocket {
  readonly client: Client;
  /** The close code, once there is one. */
  readonly closed: Promise<number>;
  /** Everything that a subscription is told, until it ends. */
  all<T>(document: DocumentNode | string, variables?: object): Promise<Told<T>[]>;
  end(): void;
}

/** One message of a subscription: data, or what is wrong. */
export interface Told<T> {
  readonly data?: T | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: Record<string, unknown> }[];
}

type Door = '/graphql' | '/staging/graphql' | '/development/graphql';

/** Opens a socket as a client library does, with these parameters of the connection and headers of the upgrade. */
export function openSocket(
  service: Service,
  connectionParams: Record<string, unknown>,
  { door = '/graphql', ...options }: ClientOptions & { readonly door?: Door } = {},
): TestSocket {
  class WithOptions extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, options);
    }
  }
  const client = createClient({
    url: `${service.url.replace('http', 'ws')}${door}`,
    webSocketImpl: WithOptions,
    connectionParams,
    retryAttempts: 0,
    lazy: false,
    onNonLazyError: () => undefined,
  });
  const closed = new Promise<number>((resolve) => client.on('closed', (event) => resolve((event as { code: number }).code)));
  return {
    client,
    closed,
    all: async <T>(document: DocumentNode | string, variables: object = {}) => {
      const told: Told<T>[] = [];
      const query = typeof document === 'string' ? document : print(document);
      for await (const message of client.iterate<T>({ query, variables: { ...variables } })) told.push(message as Told<T>);
      return told;
    },
    end: () => void client.dispose(),
  };
}

/** The parameters of a connection that presents a credential. */
export const bearing = (credential: string): Record<string, unknown> => ({ authorization: `Bearer ${credential}` });
