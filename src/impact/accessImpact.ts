import type { z } from 'zod';
import { type Act, type Change, Facts } from '../access/index.js';
import { effective, keyStatus, type Permission } from '../authority/index.js';
import { Refusal } from '../domain/index.js';
import { type ApiKey, mayViewApiKey, toApiKey } from '../keys/index.js';
import { type accessImpactInput, type ThoughtOf, thoughtOf } from './acts.js';
import { ImpactStore, type Reached } from './ImpactStore.js';

const CHUNK = 500;
const MOST_SHOWN = 100;

/** A key and what it would lose in its home. */
export interface ApiKeyImpact {
  readonly apiKey: ApiKey;
  readonly loses: readonly Permission[];
}

/** What an act would do to keys: how many in all, and the first that the caller may see. */
export interface AccessImpact {
  readonly total: number;
  readonly apiKeys: readonly ApiKeyImpact[];
}

/**
 * Which keys an act would weaken, before it is done. The act itself is done, with the caller's own right to it, and
 * taken back: what is told is what would happen.
 */
export async function accessImpact(act: Act, input: z.output<typeof accessImpactInput>): Promise<AccessImpact> {
  const thought = thoughtOf(input);
  try {
    const weakened = await act.rehearse(async (change) => {
      const reached = await thought.reached(change);
      const before = await strengths(change, reached);
      await thought.act(change);
      return lost(before, await strengths(change, reached));
    });
    return { total: weakened.length, apiKeys: await shown(act, weakened) };
  } catch (error) {
    throw asked(thought, error);
  }
}

/** What each key that an act reaches can do in its home now. Keys that can do nothing have nothing to lose. */
async function strengths({ rows, principal, now }: Change, reached: Reached): Promise<ReadonlyMap<string, Strength>> {
  const store = new ImpactStore(rows);
  const facts = new Facts(rows, principal.organizationId);
  const found = new Map<string, Strength>();
  for (let after = ''; ;) {
    const chunk = await store.keys(principal.organizationId, reached, after, CHUNK);
    const keys = await Promise.all(chunk.map((row) => facts.keyOf(row, [])));
    keys.forEach((key, index) => {
      const row = chunk[index];
      if (!key || !row || keyStatus(key, now.getTime()) !== 'ACTIVE') return;
      const permissions = effective(key, key.home);
      if (permissions.size > 0) found.set(key.id, { apiKey: toApiKey(row), permissions });
    });
    const last = chunk.at(-1);
    if (!last || chunk.length < CHUNK) return found;
    after = last.id;
  }
}

interface Strength {
  readonly apiKey: ApiKey;
  readonly permissions: ReadonlySet<Permission>;
}

/** The keys that could do more before than after, and what. */
const lost = (before: ReadonlyMap<string, Strength>, after: ReadonlyMap<string, Strength>): ApiKeyImpact[] =>
  [...before].flatMap(([id, { apiKey, permissions }]) => {
    const left = after.get(id)?.permissions;
    const loses = [...permissions].filter((name) => !left?.has(name)).sort();
    return loses.length > 0 ? [{ apiKey, loses }] : [];
  });

/** The first of them that the caller may see, as things are: the act has been taken back. */
async function shown(act: Act, weakened: readonly ApiKeyImpact[]): Promise<ApiKeyImpact[]> {
  const seen: ApiKeyImpact[] = [];
  for (const impact of weakened) {
    if (await mayViewApiKey(act, impact.apiKey)) seen.push(impact);
    if (seen.length === MOST_SHOWN) break;
  }
  return seen;
}

/** The act's own refusal, about the field that was asked here. */
function asked({ fields }: ThoughtOf, error: unknown): unknown {
  if (!(error instanceof Refusal) || !('field' in error.reason)) return error;
  const { field, message } = error.reason;
  const named = fields[field] ?? field;
  return new Refusal({ ...error.reason, field: named, message: message.replaceAll(field, named) });
}
