import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Change } from '../access/index.js';
import { type Narrowing, wider } from '../authority/index.js';
import { badInput, cidrText, faultOfJsonObject, nameText, networksOf } from '../domain/index.js';
import type { ApiKey } from './ApiKey.js';
import { ApiKeyStore } from './ApiKeyStore.js';

const MOST_RESTRICTIONS = 20;
const MOST_IDS = 100;
const MOST_CIDRS = 50;
const LARGEST_LIMIT = 1_000_000_000;
const LONGEST_WINDOW_SECONDS = 2_592_000;

/** A list that narrows. Empty it would be nothing, and somebody who sends one means everything: it is refused. */
const narrowingList = <T extends z.ZodType>(each: T, most: number, what: string) =>
  z
    .array(each, 'must be a list')
    .min(1, `is empty: name at least one ${what}, or send null for no narrowing`)
    .max(most, `holds more than ${most}: name fewer`);

const wholeNumber = (least: number, most: number) =>
  z.int(`must be a whole number`).min(least, `must be from ${least} to ${most}`).max(most, `must be from ${least} to ${most}`);

const restriction = z.object({
  type: nameText,
  ids: narrowingList(nameText, MOST_IDS, 'id').transform((ids) => [...new Set(ids)]),
});

/** What narrows a key and what is noted about it, as everybody says it. Left out: kept or inherited. Null: none. */
export const settingsInput = {
  rateLimit: z.object({ limit: wholeNumber(1, LARGEST_LIMIT), windowSeconds: wholeNumber(1, LONGEST_WINDOW_SECONDS) }).nullish(),
  restrictions: narrowingList(restriction, MOST_RESTRICTIONS, 'restriction')
    .refine((list) => new Set(list.map(({ type }) => type)).size === list.length, 'names a type twice: put all ids of a type together')
    .nullish(),
  allowedCidrs: narrowingList(cidrText, MOST_CIDRS, 'block of addresses')
    .transform((cidrs) => [...new Set(cidrs)])
    .nullish(),
  metadata: z
    .custom<object>()
    .superRefine((value, context) => {
      const fault = faultOfJsonObject(value);
      if (fault) context.addIssue({ code: 'custom', message: fault });
    })
    .nullish(),
};
type SettingsInput = { readonly [Name in keyof typeof settingsInput]?: z.output<(typeof settingsInput)[Name]> };

/** The settings of a key beside its permissions. */
export type KeySettings = Pick<ApiKey, 'rateLimit' | 'restrictions' | 'allowedCidrs' | 'metadata'>;

const names = ['rateLimit', 'restrictions', 'allowedCidrs', 'metadata'] as const satisfies readonly (keyof KeySettings)[];

/** The settings of a key, and nothing else of it. */
export const settingsOf = ({ rateLimit, restrictions, allowedCidrs, metadata }: KeySettings): KeySettings => ({
  rateLimit,
  restrictions,
  allowedCidrs,
  metadata,
});

/** What an input says of the settings. What it leaves out is left out. */
export const saidSettings = (input: SettingsInput): Partial<KeySettings> =>
  Object.fromEntries(names.filter((name) => input[name] !== undefined).map((name) => [name, input[name]]));

const narrowingOf = ({ rateLimit, restrictions, allowedCidrs }: KeySettings): Narrowing => ({
  rateLimit,
  restrictions,
  networks: allowedCidrs && networksOf(allowedCidrs),
});

/** Whether an edit lets a key do anything that it could not do before. */
export const widens = (edited: KeySettings, key: KeySettings): boolean => wider(narrowingOf(edited), narrowingOf(key)).length > 0;

/** Whether two keys note the same. */
export const sameMetadata = (one: KeySettings, other: KeySettings): boolean => isDeepStrictEqual(one.metadata, other.metadata);

const fields: Readonly<Record<keyof Narrowing, keyof KeySettings>> = {
  rateLimit: 'rateLimit',
  restrictions: 'restrictions',
  networks: 'allowedCidrs',
};

/** What a key made by a key is narrowed by may be narrower than what its parent is narrowed by, never wider (R78). */
function assertNoWiderThan(parent: KeySettings, settings: KeySettings, said: Partial<KeySettings>): void {
  const [field] = wider(narrowingOf(settings), narrowingOf(parent)).flatMap((respect) =>
    fields[respect] in said ? [fields[respect]] : [],
  );
  if (field === undefined) return;
  throw badInput(
    `input.${field}`,
    `input.${field} must not be wider than that of the API key that created this one: leave it out, or narrow it.`,
  );
}

/** The settings of a new key: what is said of them and, of one made by a key, what that one is narrowed by. */
export async function settingsOfNew(change: Change, parentId: string | null, said: Partial<KeySettings>): Promise<KeySettings> {
  const none = { rateLimit: null, restrictions: null, allowedCidrs: null, metadata: null };
  const parent = await parentOf(change, parentId);
  if (!parent) return { ...none, ...said };
  const settings = { ...settingsOf(parent), metadata: null, ...said };
  assertNoWiderThan(parent, settings, said);
  return settings;
}

/** The settings of a key after an edit. */
export async function settingsAfter(change: Change, key: ApiKey, said: Partial<KeySettings>): Promise<KeySettings> {
  const settings = { ...settingsOf(key), ...said };
  const parent = await parentOf(change, key.createdByApiKeyId);
  if (parent) assertNoWiderThan(parent, settings, said);
  return settings;
}

async function parentOf({ rows }: Change, id: string | null): Promise<ApiKey | null> {
  return id === null ? null : ((await new ApiKeyStore(rows).byIds([id])).get(id) ?? null);
}
