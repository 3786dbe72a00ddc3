import { urlToHttpOptions } from 'node:url';
import { send } from './send.js';

/** What a plain door answered. */
export interface DoorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The body, where it is JSON. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** A request as it is written: headers that come several times have several values. */
export interface DoorRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string;
}

const FORM = 'application/x-www-form-urlencoded';

/** Sends a request to an address exactly as it is written. */
export async function knock(url: string, { method = 'GET', headers = {}, body }: DoorRequest = {}): Promise<DoorAnswer> {
  const { status, headers: told, text } = await send({ ...urlToHttpOptions(new URL(url)), method, headers, agent: false }, body);
  const isJson = /^application\/(\w+\+)?json/.test(told['content-type'] ?? '') && text !== '';
  return { status, headers: told, text, body: isJson ? (JSON.parse(text) as Record<string, unknown>) : {} };
}

/** Sends a form: pairs as they are given, or a text that is no proper form. */
export const post = (
  url: string,
  form: Readonly<Record<string, string>> | readonly (readonly [string, string])[] | string,
  headers: DoorRequest['headers'] = {},
): Promise<DoorAnswer> => {
  const body = typeof form === 'string' ? form : new URLSearchParams(form as Record<string, string>).toString();
  return knock(url, { method: 'POST', headers: { 'content-type': FORM, ...headers }, body });
};

export const bearer = (credential: string): { readonly authorization: string } => ({ authorization: `Bearer ${credential}` });
export const basic = (id: string, secret: string): { readonly authorization: string } => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});

/** A body without what differs in every answer. */
export const withoutRequestId = ({ text }: DoorAnswer): string => text.replaceAll(/"requestId":"[^"]*"/g, '');
