import { hearers, type Received } from '../../support/post.js';
import type { Service } from '../../support/service.js';
import { rowsOf, tablesOf } from './database.js';

/** An answer that a client got: which request it belongs to is told by its number. */
export interface Heard {
  readonly number: number;
  readonly url: string;
  readonly text: string;
}

/** A secret, and the answers that may tell it. */
export interface Secret {
  readonly what: string;
  readonly value: string;
  readonly toldIn: number | null;
}

/** Fields of answers that tell a secret, once. */
const telling = new Set(['key', 'secret', 'accessToken', 'refreshToken', 'temporaryPassword']);

/** Listens to everything that this file's clients are answered, those that post and those that fetch. */
export function listen(): { readonly heard: readonly Heard[]; stop(): void } {
  const heard: Heard[] = [];
  const hear = (url: string, { text, headers }: Pick<Received, 'text' | 'headers'>): void =>
    void heard.push({ number: heard.length, url, text: `${text} ${JSON.stringify([...headers])}` });
  const { fetch: original } = globalThis;
  globalThis.fetch = async (input, init) => {
    const response = await original(input, init);
    const text = await response.clone().text();
    hear(input instanceof Request ? input.url : input.toString(), { text, headers: response.headers });
    return response;
  };
  hearers.add(hear);
  return {
    heard,
    stop: () => {
      globalThis.fetch = original;
      hearers.delete(hear);
    },
  };
}

/** The secrets that answers have told. */
export function toldIn(heard: readonly Heard[]): Secret[] {
  return heard.flatMap(({ number, text }) => {
    const found: Secret[] = [];
    const walk = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const [name, inside] of Object.entries(value)) {
        if (telling.has(name) && typeof inside === 'string') found.push({ what: name, value: inside, toldIn: number });
        walk(inside);
      }
    };
    const body = text.slice(0, text.lastIndexOf(' ['));
    walk(body.startsWith('{') ? JSON.parse(body) : null);
    return found;
  });
}

/** What of a secret is secret by itself: of a credential its random half, of a token its signature. */
export function partsOf({ value }: Secret): string[] {
  const random = value.startsWith('bw') ? [value.slice(-49, -6), value.slice(-43)] : [];
  const [, , signature] = value.split('.');
  return [value, ...random, ...(signature ? [signature] : [])].filter((part) => part.length >= 12);
}

/** How a text may be written down: as it is, escaped, encoded. */
const spellings = (text: string): string[] => [
  text,
  JSON.stringify(text).slice(1, -1),
  encodeURIComponent(text),
  Buffer.from(text).toString('hex'),
  // Base64 without the digits that depend on what stands beside it.
  Buffer.from(text).toString('base64').replace(/=+$/, '').slice(0, -2),
  Buffer.from(text).toString('base64url').slice(0, -2),
];

/** Whether a text holds any of these, in whatever spelling. */
export const holds = (text: string, parts: readonly string[]): boolean =>
  parts.some((part) => spellings(part).some((each) => text.includes(each)));

/** All that is in the database, as one text: bytes as they are and in hexadecimal digits. */
export async function writtenDown(service: Service): Promise<string> {
  const cells: string[] = [];
  for (const table of await tablesOf(service)) {
    for (const row of await rowsOf(service, table)) {
      for (const value of Object.values(row)) {
        if (Buffer.isBuffer(value)) cells.push(value.toString('latin1'), value.toString('hex'), value.toString('base64'));
        else cells.push(typeof value === 'string' ? value : JSON.stringify(value));
      }
    }
  }
  return cells.join('\n');
}
