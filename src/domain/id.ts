import { fromUUIDBytes, typeidUnboxed } from 'typeid-js';

/** What an id is of; the first three letters tell. */
export type IdKind = 'org' | 'app' | 'wks' | 'grp' | 'usr' | 'rol' | 'grt' | 'key' | 'ses' | 'aud' | 'log' | 'job' | 'whk';

/**
 * A new id: its kind and a UUIDv7 as 26 letters and digits (the TypeID form), so that ids sort by time, byte by byte,
 * on every database, and those made by one process in one millisecond sort in the order of their making.
 */
export const newId = (kind: IdKind): string => typeidUnboxed(kind);

const LATEST = 2 ** 48 - 1;
/** The milliseconds of an instant as 48 bits tell them; before 1970 is 1970. */
const clamped = (at: Date): number => Math.min(Math.max(at.getTime(), 0), LATEST);

let made = 0;
const random = (bits: number): number => Math.floor(Math.random() * 2 ** bits);

/**
 * A new id of something that happened at an instant: it sorts by that, whenever it is written down, and within one
 * millisecond in the order in which this process made it. A UUIDv7 whose random part begins with a counter.
 */
export function newIdAt(kind: IdKind, at: Date): string {
  const bytes = Buffer.alloc(16);
  made = (made + 1) >>> 0;
  bytes.writeUIntBE(clamped(at), 0, 6);
  bytes.writeUInt16BE(0x7000 | (made >>> 20), 6);
  // The variant, and the other 20 bits of the counter; then what keeps apart the ids of several processes. No id is a secret.
  bytes.writeUInt32BE((0x80000000 | ((made & 0xfffff) << 10) | random(10)) >>> 0, 8);
  bytes.writeUInt32BE(random(32), 12);
  return fromUUIDBytes(kind, bytes);
}

/** The end of the ids of all that happened before an instant. */
export function firstIdAt(kind: IdKind, at: Date): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(clamped(at), 0, 6);
  return fromUUIDBytes(kind, bytes);
}

/** The digits of ids behind their kind: Crockford's base32, small. 26 of them hold 128 bits, which leaves the first at most a 7. */
export const ID_DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';

/** When the thing was made that an id is of, to the millisecond: the 48 bits of that are the first ten characters behind its kind. */
export function instantOfId(id: string): Date {
  let milliseconds = 0;
  for (let at = 4; at < 14; at += 1) milliseconds = milliseconds * 32 + ID_DIGITS.indexOf(id.charAt(at));
  return new Date(milliseconds);
}

const FORM = /^(org|app|wks|grp|usr|rol|grt|key|ses|aud|log|job|whk)_[0-7][0-9a-hjkmnp-tv-z]{25}$/;
const BUILT_IN_ROLE = /^rol_[a-z]{4,7}(_[a-z]{4,6})?$/;

/** The kind of an id, or null for a text that is no id. Nothing else is ever sent to a database as one. */
export function idKind(text: string): IdKind | null {
  if (FORM.test(text)) return text.slice(0, 3) as IdKind;
  return BUILT_IN_ROLE.test(text) ? 'rol' : null;
}
