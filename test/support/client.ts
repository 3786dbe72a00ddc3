import { print, type DocumentNode } from 'graphql';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { post, type Received } from './post.js';

/** An error as a client reads it. */
export interface ClientError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: { readonly code: string; readonly field?: string; readonly requestId: string; readonly [more: string]: unknown };
}

/** An answer of the service: the HTTP side and the GraphQL side. */
export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  /** The body as it came, for comparisons byte by byte. */
  readonly text: string;
  readonly data: T | null | undefined;
  readonly errors: readonly ClientError[];
  /** The code of the first error, or OK. */
  readonly code: string;
  /** What the first error says is wrong, or could not be found. */
  readonly field: string | undefined;
}

/** How a client authenticates, and which door it takes. */
export interface ClientOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly door?: '/graphql' | '/staging/graphql' | '/development/graphql';
}

/** A GraphQL client over real HTTP. */
export class Client {
  constructor(
    private readonly base: string,
    private readonly options: ClientOptions = {},
  ) {}

  /** The same service with another credential: an access token or an API key. */
  as(credential: string, door?: ClientOptions['door']): Client {
    return new Client(this.base, { ...(door ? { door } : {}), headers: { authorization: `Bearer ${credential}` } });
  }

  /** The same service with these headers. */
  with(headers: Readonly<Record<string, string>>, door?: ClientOptions['door']): Client {
    return new Client(this.base, { ...(door ? { door } : {}), headers: { ...this.options.headers, ...headers } });
  }

  /** The same somebody, who asks another replica. */
  at(base: string): Client {
    return new Client(base, this.options);
  }

  /** Sends an operation and answers whatever came back. */
  async send<T = Record<string, never>, V = Record<string, unknown>>(
    document: TypedDocumentNode<T, V> | DocumentNode | string,
    variables?: V,
  ): Promise<Answer<T>> {
    const query = typeof document === 'string' ? document : print(document);
    return this.post(JSON.stringify({ query, variables }));
  }

  /** Sends a body as it is. */
  async post<T>(body: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer<T>> {
    const all = { 'content-type': 'application/json', ...this.options.headers, ...headers };
    return read(await post(`${this.base}${this.options.door ?? '/graphql'}`, body, all));
  }

  /** Sends an operation that must succeed and answers its data. */
  async ask<T = Record<string, unknown>, V = Record<string, unknown>>(
    document: TypedDocumentNode<T, V> | string,
    variables?: V,
  ): Promise<T> {
    const answer = await this.send<T, V>(document, variables);
    if (answer.errors.length > 0 || !answer.data) throw new Error(`unexpected answer ${answer.status}: ${answer.text}`);
    return answer.data;
  }
}

/** Reads a response of any of the service's doors, also one that no GraphQL has seen. */
export const answerOf = async <T = Record<string, never>>(response: Response): Promise<Answer<T>> =>
  read<T>({ status: response.status, headers: response.headers, text: await response.text() });

function read<T>({ status, headers, text }: Received): Answer<T> {
  const { data, errors = [] } = JSON.parse(text) as { data?: T | null; errors?: ClientError[] };
  const { code = 'OK', field } = errors[0]?.extensions ?? {};
  return { status, headers, text, data, errors, code, field };
}
