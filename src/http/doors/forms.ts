import { parse } from 'fast-querystring';
import type { FastifyInstance } from 'fastify';
import { badRequest } from './problems.js';

/** The parameters of a request, each as often as it came. */
export type Parameters = Readonly<Record<string, string | readonly string[] | undefined>>;

export const FORM = 'application/x-www-form-urlencoded';
const UTF8 = /;\s*charset\s*=\s*"?utf-8"?\s*(?:;|$)/i;

/** Reads `a=1&b=2`, all of it: the body's size bounds how many there are. Nothing is looked for in its prototype. */
export const readParameters = (text: string): Parameters => parse(text) as Parameters;

/** Whether what comes is in characters that we do not read. */
export const isForeignCharset = (contentType: string): boolean => /charset/i.test(contentType) && !UTF8.test(contentType);

/** From here on this part of the server reads forms, and nothing else. */
export function readForms(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(FORM, { parseAs: 'string' }, ({ headers }, body, done) => {
    if (isForeignCharset(headers['content-type'] ?? '')) done(Object.assign(new Error('unsupported charset'), { statusCode: 415 }));
    else done(null, readParameters(body as string));
  });
}

/** A parameter that may come once; undefined where it did not. One that comes twice is refused: readers differ on which one counts. */
export function single(parameters: Parameters, name: string): string | undefined {
  const value = parameters[name];
  if (value === undefined || typeof value === 'string') return value;
  throw badRequest(`${name} comes ${value.length} times: send it once.`);
}

/** A form in which each parameter comes once, whether it is known here or not (RFC 6749, section 3.2). */
export type Form = Readonly<Record<string, string | undefined>>;

/** The form that a request brought; an empty one where it brought none. */
export function formOf(parameters: Parameters): Form {
  for (const name of Object.keys(parameters)) {
    // The name is not repeated: somebody may have put a secret there.
    if (typeof parameters[name] !== 'string') throw badRequest('A parameter comes twice: send each once.');
  }
  return parameters as Form;
}

/** A parameter that must come, and hold something. */
export function required(form: Form, name: string): string {
  const value = form[name];
  if (!value) throw badRequest(`${name} is missing: send it in the body, as ${FORM}.`);
  return value;
}
