import { typeidUnboxed } from 'typeid-js';

/** What an id is of; the first three letters tell. */
export type IdKind = 'org' | 'app' | 'wks' | 'grp' | 'usr' | 'rol' | 'grt' | 'key' | 'ses' | 'aud' | 'log' | 'job' | 'whk';

/**
 * A new id: its kind and a UUIDv7 as 26 letters and digits (the TypeID form), so that ids sort by time, byte by byte,
 * on every database, and those made by one process in one millisecond sort in the order of their making.
 */
export const newId = (kind: IdKind): string => typeidUnboxed(kind);

const FORM = /^(org|app|wks|grp|usr|rol|grt|key|ses|aud|log|job|whk)_[0-7][0-9a-hjkmnp-tv-z]{25}$/;
const BUILT_IN_ROLE = /^rol_[a-z]{4,7}(_[a-z]{4,6})?$/;

/** The kind of an id, or null for a text that is no id. Nothing else is ever sent to a database as one. */
export function idKind(text: string): IdKind | null {
  if (FORM.test(text)) return text.slice(0, 3) as IdKind;
  return BUILT_IN_ROLE.test(text) ? 'rol' : null;
}
