import type { Act } from '../access/index.js';
import { type KeyFacts, permission, usesIn } from '../authority/index.js';
import type { KeyContext, KeyContexts } from '../contexts/index.js';
import { forbidden, type Soon, unauthenticated, whenThere } from '../domain/index.js';
import type { RateLimits } from '../rateLimits/index.js';
import type { UsedKey, UseLog } from '../usage/index.js';
import { ImportedLookup } from './ImportedLookup.js';
import type { ImportedSecrets } from './ImportedSecrets.js';

/** What answering takes. */
export interface Answering {
  readonly contexts: KeyContexts;
  readonly rateLimits: RateLimits;
  /** Credentials that were made elsewhere. */
  readonly imported: ImportedSecrets;
  /** Where the use of keys is written. */
  readonly uses: UseLog;
}

/** A service that asks, by the key that it asks with. */
export interface Asker {
  readonly context: KeyContext;
  readonly facts: KeyFacts;
}

/** A service that asks, and what its questions are answered from. */
export interface Asking extends Omit<Answering, 'imported'> {
  readonly asker: Asker;
  /** Made where the first credential is none of ours. */
  readonly imported: () => ImportedLookup;
}

/** Where a key is looked for: among what is remembered, or by a read that is sent now. */
export type LookUp = (keyId: string) => Soon<KeyContext | null>;

/** What all questions of one request are answered from. */
export function askingOf(act: Act, { contexts, imported, rateLimits, uses }: Answering): Soon<Asking> {
  let lookup: ImportedLookup | null = null;
  const lookUpImported = () => (lookup ??= new ImportedLookup(act.rows, act.principal.organizationId, imported, contexts));
  const asker = askerOf(act, (keyId) => contexts.find(keyId));
  return whenThere(asker, (found) => ({ contexts, rateLimits, uses, asker: found, imported: lookUpImported }));
}

const verify = permission('apiKey:verify');

const notForYou = () => forbidden('Verification is for services: ask with an API key that holds apiKey:verify.', [verify]);

/** Refuses whoever may not ask: asking is for services, with a key that holds `apiKey:verify` in its home. */
export function askerOf({ principal }: Act, lookUp: LookUp): Soon<Asker> {
  if (principal.kind !== 'KEY') throw notForYou();
  return whenThere(lookUp(principal.keyId), (context) => {
    const facts = context && factsFor(context, principal.issuedBy);
    if (!facts || facts.stopped) throw unauthenticated('This credential has been withdrawn. Sign in again, or use another API key.');
    if (!usesIn({ kind: 'KEY', tenant: facts.home, key: facts }, facts.home)(verify)) throw notForYou();
    return { context, facts };
  });
}

/** The key with the people of the secret that was presented: a grace lends nothing that only the new issuer holds. */
function factsFor({ known: { facts, earlier } }: KeyContext, issuedBy: string): KeyFacts | null {
  if (facts.people[1].id === issuedBy) return facts;
  return earlier?.facts.people[1].id === issuedBy ? earlier.facts : null;
}

/** Whether a key whose secret was right is the asker's business. */
export const inSphere = ({ facts: { home } }: Asker, key: UsedKey): boolean =>
  key.organizationId === home.organizationId && (home.kind === 'ORGANIZATION' || key.namespaceId === home.id);
