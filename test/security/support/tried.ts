/** A value to be tried at a place: refused for sure, legal for sure, or either (but never a fault). */
export interface Tried {
  readonly what: string;
  readonly value: unknown;
  readonly must: 'BE_REFUSED' | 'BE_ACCEPTED' | 'NOT_FAIL';
}

export const refused = (what: string, value: unknown): Tried => ({ what, value, must: 'BE_REFUSED' });
export const either = (what: string, value: unknown): Tried => ({ what, value, must: 'NOT_FAIL' });

/** Values of another type: an operator of some query language, a list, a number that MySQL would compare with any text (R39, R42). */
export const otherTypes = (...fits: readonly string[]): Tried[] =>
  Object.entries({
    number: 0,
    fraction: 1.5,
    boolean: true,
    text: 'a text',
    object: { $ne: null },
    'object with a prototype': { constructor: { name: 'x' } },
    list: [['a']],
  })
    .filter(([type]) => !fits.includes(type))
    .map(([type, value]) => refused(`a ${type}`, value));

/** What breaks out of SQL that is put together from texts. */
export const sql = [`' OR '1'='1`, `"; DROP TABLE users; --`, `') UNION SELECT 1,2,3 --`, String.raw`\' OR 1=1 #`, '%', '${7*7}{{7*7}}'];

/** Texts that are legal and easily spoilt: by a collation, a code page, a normalisation, an escape (R45, R46, R47). */
export const exotic: readonly (readonly [what: string, text: string])[] = [
  ...sql.map((text) => [`SQL-ish ${text}`, text] as const),
  ['right-to-left', 'a\u202Egnp.exe\u2066'],
  ['a byte order mark inside', 'a\uFEFFb'],
  ['zalgo', `Z${'\u0301\u0316'.repeat(20)}`],
  ['not composed', 'e\u0301 \u212B \uFB01'],
  ['astral', '😀 👩‍👩‍👧‍👦 𝕏 \u{10FFFF}'],
  ['names that objects have', '__proto__'],
  ['another such name', 'constructor'],
  ['markup', '<script>alert(1)</script>&amp;'],
];
