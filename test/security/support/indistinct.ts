import { type IdKind, newId } from '../../../src/domain/index.js';
import type { Answer, Client } from '../../support/client.js';
import { inShort } from './shown.js';
import { neighbourOf } from './twins.js';

type Variables = Record<string, unknown>;
type Data = Record<string, unknown>;

/** Sends an operation under a request id that is the same each time, so that answers can be compared byte by byte. */
export const send = (client: Client, document: string, variables: Variables): Promise<Answer<Data>> =>
  client.with({ 'x-request-id': 'the-same-in-every-request' }).send<Data>(document, variables);

/** The id of a job that the request itself has started: another one each time. */
const STARTED = /("job":\{"__typename":"Job","id":")job_\w{26}(?=","kind":"\w+","status":"QUEUED")/g;

/** Everything of an answer but the date and the id of what it started: two that are equal in it cannot be told apart. */
export const bytesOf = ({ status, headers, text }: Answer<unknown>): string =>
  JSON.stringify({ status, headers: [...headers].filter(([name]) => name !== 'date'), text: text.replace(STARTED, '$1') });

/** An id of the same kind that never was. */
export const unknown = (id: string): string => newId(id.slice(0, 3) as IdKind);

/** Ids at the same places among all others that never were: where a page begins is told by the time of creation alone. */
export const neighbours = (ids: readonly string[]): string[] => ids.map(neighbourOf);

/** Asks about what is another tenant's and about what never was; the two answers must be one, which is handed back. */
export async function indistinct<T>(
  what: string,
  ask: (value: T) => Promise<Answer<Data>>,
  theirs: T,
  never: T,
  secrets: readonly string[],
): Promise<Answer<Data>> {
  const [one, other] = [await ask(theirs), await ask(never)];
  if (bytesOf(one) !== bytesOf(other)) {
    throw new Error(`${what} can tell ${String(theirs)} from ${String(never)}:\n${inShort(one)}\n${inShort(other)}`);
  }
  const told = secrets.filter((secret) => one.text.includes(secret));
  if (told.length > 0) throw new Error(`${what} is told ${told.join(', ')} of another tenant: ${one.text}`);
  return one;
}

/** One field asked many times in one operation, each time with another value of an argument; within what `around` says. */
export function manyTimes(
  call: (value: string) => string,
  type: string,
  values: readonly string[],
  around: (fields: string) => string = (fields) => fields,
): readonly [document: string, variables: Variables] {
  const declared = values.map((_, index) => `$v${index}: ${type}`).join(' ');
  const fields = values.map((_, index) => `a${index}: ${call(`$v${index}`)}`).join(' ');
  const given = values.map((value, index): [string, string] => [`v${index}`, value]);
  return [`query (${declared}) { ${around(fields)} }`, Object.fromEntries(given)];
}
