import type { Answer } from '../../support/client.js';

type Json = unknown;

/** Whether an answer shows nothing: null, empty lists and pages, a verification that found no key. `but` is the caller's own. */
export function showsNothing(value: Json, but?: string): boolean {
  if (value === null || value === undefined) return true;
  if (Array.isArray(value)) return value.every((item) => showsNothing(item, but));
  if (typeof value !== 'object') return false;
  const thing = value as Record<string, Json>;
  if (thing['valid'] === false && thing['code'] === 'NOT_FOUND') return thing['apiKeyId'] === null;
  if (but !== undefined && thing['id'] === but) return true;
  if ('nodes' in thing && 'edges' in thing) {
    const edges = thing['edges'] as { node?: Json }[];
    return showsNothing(thing['nodes'], but) && edges.every(({ node }) => node === undefined || showsNothing(node, but));
  }
  return false;
}

/** What an answer is, in a few words, where it is not what it should be. */
export const inShort = (answer: Answer<unknown>): string => `${answer.status} ${answer.code} ${answer.text.slice(0, 300)}`;

/** What no answer may hold: words of a database, of a library, or of a stack. Short ones stand alone: an id may end in any three letters. */
export const telling =
  /SQLITE|\bER_[A-Z]|constraint|typeorm|QueryFailed|node_modules|\bat .*\.[tj]s|\/src\/|\/dist\/|fastify|\bFST_|apollo-server|better-sqlite|mysql|mariadb|SELECT .* FROM|INSERT INTO/i;

/** Log lines at `error` or above. */
export const errorLines = (logged: readonly string[]): string[] =>
  logged.filter((line) => ((JSON.parse(line) as { level?: number }).level ?? 0) >= 50);
