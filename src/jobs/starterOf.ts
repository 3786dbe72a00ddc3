import type { Change } from '../access/index.js';
import type { Caller, NamespaceFacts } from '../authority/index.js';
import { unauthenticated } from '../domain/index.js';

/** Whoever started the job of a chunk, as they stand now; once they are gone, the refusal that ends the job. */
export async function starterOf(change: Change, ...namespaces: readonly NamespaceFacts[]): Promise<Caller> {
  const caller = await change.facts.caller(change.principal, ...namespaces);
  if (!caller) throw unauthenticated('Whoever started this job is not active any more: what is done is done.');
  return caller;
}
