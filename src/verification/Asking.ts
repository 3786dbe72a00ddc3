import type { Act } from '../access/index.js';
import { type KeyFacts, permission, usesIn } from '../authority/index.js';
import type { KeyContext, KeyContexts } from '../contexts/index.js';
import { forbidden, unauthenticated } from '../domain/index.js';
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
export type LookUp = (keyId: string) => Promise<KeyContext | null> | KeyContext | null;

/** What all questions of one request are answered from. */
export async function askingOf(act: Act, { imported, ...answering }: Answering): Promise<Asking> {
  const { contexts } = answering;
  const asker = await askerOf(act, (keyId) => contexts.find(keyId));
  let lookup: ImportedLookup | null = null;
  return {
    ...answering,
    asker,
    imported: () => (lookup ??= new ImportedLookup(act.rows, act.principal.organizationId, imported, contexts)),
  };
}

const verify = permission('apiKey:verify');

/** Refuses whoever may not ask: asking is for services, with a key that holds `apiKey:verify` in its home. */
export async function askerOf({ principal }: Act, lookUp: LookUp): Promise<Asker> {
  if (principal.kind === 'KEY') {
    const context = await lookUp(principal.keyId);
    const facts = context && factsFor(context, principal.issuedBy);
    if (!facts || facts.stopped) throw unauthenticated('This credential has been withdrawn. Sign in again, or use another API key.');
    if (usesIn({ kind: 'KEY', tenant: facts.home, key: facts }, facts.home)(verify)) return { context, facts };
  }
  throw forbidden('Verification is for services: ask with an API key that holds apiKey:verify.', [verify]);
}

/** The key with the people of the secret that was presented: a grace lends nothing that only the new issuer holds. */
const factsFor = ({ known: { facts, earlier } }: KeyContext, issuedBy: string): KeyFacts | null =>
  [facts, earlier?.facts].find((each) => each?.people[1].id === issuedBy) ?? null;

/** Whether a key whose secret was right is the asker's business. */
export const inSphere = ({ facts: { home } }: Asker, key: UsedKey): boolean =>
  key.organizationId === home.organizationId && (home.kind === 'ORGANIZATION' || key.namespaceId === home.id);
