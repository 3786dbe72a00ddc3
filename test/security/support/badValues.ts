import {
  getNamedType,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from 'graphql';
import { newId } from '../../../src/domain/index.js';
import { cursorOf } from '../../../src/domain/page.js';
import { digestsFor, headsFor, urlsFor } from './badForms.js';
import type { Place } from './operations.js';
import { either, exotic, otherTypes, refused, sql, type Tried } from './tried.js';

/** What is presented to be compared, never stored: whatever it says, it is simply not right. */
const presented = new Set(['currentPassword', 'refreshToken', 'key']);

/** The longest that is allowed, in code points (DESIGN, 3). */
const longest: Readonly<Record<string, number>> = {
  name: 100,
  label: 100,
  search: 100,
  description: 500,
  reason: 500,
  email: 254,
  action: 100,
  type: 100,
  id: 100,
  ids: 100,
};

let places = 0;
/** What is unique in a tenant is said only once. */
function nextMark(): string {
  places += 1;
  return `#${String(places).padStart(4, '0')}`;
}

function textsFor(name: string): Tried[] {
  if (name === 'url') return urlsFor();
  if (name === 'digest') return digestsFor(nextMark());
  if (name === 'lookupPrefix') return headsFor(nextMark());
  if (presented.has(name)) {
    const odd = ['', ' ', '\0', '\uD800', 'x'.repeat(10_000), '__proto__', ...sql];
    return [...odd.map((text) => either(JSON.stringify(text.slice(0, 30)), text)), ...otherTypes('text')];
  }
  if (name === 'after') {
    const odd = [
      '',
      ' ',
      '\0',
      'x',
      'id:',
      'aWQ6',
      `${cursorOf(newId('app'))}=`,
      cursorOf('app_nothing'),
      cursorOf('__proto__'),
      newId('app'),
      'x'.repeat(10_000),
      ...sql,
    ];
    return [...odd.map((text) => refused(JSON.stringify(text.slice(0, 30)), text)), ...otherTypes('text')];
  }
  if (name === 'clientIp' || name === 'allowedCidrs') {
    const odd = [
      '',
      ' ',
      '\0',
      'x',
      '192.0.2',
      '010.0.0.1',
      '192.0.2.1\r\n1',
      '192.0.2.1, 192.0.2.2',
      '999.0.0.1',
      '::1%\u0000',
      '\uD800',
      ...sql,
    ];
    return [
      ...odd.map((text) => refused(JSON.stringify(text), text)),
      refused('far too long', '1'.repeat(10_000)),
      ...['192.0.2.1', '2001:db8::1'].map((text): Tried => ({ what: text, value: text, must: 'BE_ACCEPTED' })),
      ...otherTypes('text'),
    ];
  }
  const most = longest[name] ?? 72;
  const isEmail = name === 'email';
  const isPassword = /password/i.test(name);
  const mark = nextMark();
  const spelt = (text: string): string =>
    isEmail ? `${text.replaceAll(/\s/g, '_')}${mark}@tenant.test` : isPassword ? `${text} and more`.slice(0, 30) : text + mark;
  const atMost = isEmail ? `${mark}${'x'.repeat(most - 17)}@tenant.test` : isPassword ? 'é'.repeat(36) : mark + '😀'.repeat(most - 5);
  return [
    refused('empty', ''),
    refused('blank', ' \t '),
    refused('too long', isPassword ? 'é'.repeat(37) : `${atMost}x`),
    refused('far too long', `${'e\u0301'.repeat(5_000)}@x`),
    refused('a control character', spelt('a\u0007b and so on')),
    refused('NUL', spelt('a\0b and so on')),
    refused('CRLF', spelt('a\r\nb and so on').replaceAll('_', '\r\n')),
    refused('an escape sequence of terminals', spelt('\u001b[31mred and so on')),
    refused('half of a surrogate pair', spelt('a\uD800b and so on')),
    refused('the other half', spelt('\uDC00 and so on')),
    { what: 'as long as it may be', value: atMost, must: isPassword ? 'NOT_FAIL' : 'BE_ACCEPTED' },
    ...exotic.map(([what, text]): Tried => ({ what, value: spelt(text), must: isPassword ? 'NOT_FAIL' : 'BE_ACCEPTED' })),
    ...otherTypes('text'),
  ];
}

/**
 * What an operation does with an id that it is given: acts on what it names, which must be there; asks for it, and may
 * find nothing; or compares it later, with what there is then: an id of nothing is as good as any, what is no id is not.
 */
export type IdUse = 'ACTS' | 'ASKS' | 'COMPARES';

/** `foreign` is an id that lives in another tenant. */
function idsFor(use: IdUse, foreign: string): Tried[] {
  const ofNothing = {
    'an id that never was': foreign.slice(0, 4) + newId('usr').slice(4),
    'an id of another tenant': foreign,
    'an id of another kind': newId('aud'),
    'an id of a session': newId('ses'),
    'a role that might be built in': 'rol_nothing',
  };
  const noIds = {
    empty: '',
    blank: ' ',
    __proto__: '__proto__',
    constructor: 'constructor',
    'a number': 0,
    'a larger number': 12_345,
    'an id and NUL': `${foreign}\0`,
    'an id and a space': `${foreign} `,
    'upper case': foreign.toUpperCase(),
    'ten thousand characters': 'x'.repeat(10_000),
    'half of a surrogate pair': '\uD800',
    ...Object.fromEntries(sql.slice(0, 3).map((text) => [text, text])),
  };
  const must = { ACTS: 'BE_REFUSED', ASKS: 'NOT_FAIL', COMPARES: 'BE_ACCEPTED' } as const;
  return [
    ...Object.entries(ofNothing).map(([what, value]): Tried => ({ what, value, must: must[use] })),
    ...Object.entries(noIds).map(([what, value]) => (use === 'ASKS' ? either : refused)(what, value)),
    ...otherTypes('number', 'text'),
  ];
}

const byScalar: Readonly<Record<string, () => Tried[]>> = {
  Int: () => [
    ...[0, -1, 1_000_000_000, -2_147_483_648, 2_147_483_647].map((value) => either(String(value), value)),
    ...[2_147_483_648, 1e300, '1', ''].map((value) => refused(JSON.stringify(value), value)),
    ...otherTypes('number'),
  ],
  Float: () => otherTypes('number', 'fraction'),
  Boolean: () => [either('true', true), either('false', false), refused('a word', 'true'), ...otherTypes('boolean')],
  DateTime: () => [
    ...['', 'yesterday', '2030-02-30T00:00:00Z', '2030-01-01', '2030-01-01T00:00:00+01:00', '2030-01-01T00:00:00.000000Z'].map((text) =>
      refused(text, text),
    ),
    ...['2030-01-01T25:00:00Z', '+010000-01-01T00:00:00Z', "2030-01-01T00:00:00Z'--"].map((text) => refused(text, text)),
    ...['0000-01-01T00:00:00Z', '1970-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z'].map((text) => either(text, text)),
    ...otherTypes(),
  ],
  Permission: () => [
    ...[
      '',
      '*',
      '*:*',
      'workspace:*',
      'workspace',
      'workspace:view:all',
      'Workspace:view',
      ' workspace:view',
      'workspace:view\n',
      '__proto__',
    ].map((text) => refused(JSON.stringify(text), text)),
    ...[`workspace:${'x'.repeat(100)}`, 'wörkspace:view', 'workspace:vi\0ew', ...sql].map((text) => refused(text, text)),
    ...['unknown:permission', 'constructor:constructor', 'owner:manage'].map((text) => either(text, text)),
    ...otherTypes(),
  ],
  JSONObject: () => [refused('a text', 'x'), refused('a number', 1), refused('a list', []), refused('large', { text: 'x'.repeat(5_000) })],
};

function scalarsFor(place: Place, type: GraphQLInputType, use: IdUse, foreign: string): Tried[] {
  const named = getNamedType(type);
  if (isEnumType(named)) return [...['NOPE', '', '__proto__', 'constructor'].map((text) => refused(text, text)), ...otherTypes('text')];
  if (named.name === 'ID') return idsFor(use, foreign);
  if (named.name === 'String') return textsFor(place.path.at(-1) ?? '');
  const known = byScalar[named.name];
  if (!known) throw new Error(`no bad values are known for the scalar ${named.name}: add them to test/security/support/badValues.ts`);
  return known();
}

/** What is tried at a place. */
export function valuesFor(place: Place, use: IdUse, foreign: string): Tried[] {
  const type = isNonNullType(place.type) ? place.type.ofType : place.type;
  const missing = [undefined, null].map((value) => (place.required ? refused : either)(value === null ? 'null' : 'left out', value));
  if (isListType(type)) {
    const named = getNamedType(type);
    const single = isInputObjectType(named)
      ? []
      : scalarsFor(place, type.ofType, use, foreign).filter(({ value }) => !Array.isArray(value));
    const lists = [
      refused('an empty list', []),
      refused('a list of null', [null]),
      refused('a list of lists', [[['a']]]),
      refused('an object', { 0: 'a' }),
    ];
    return [...missing, ...lists, ...single.map((tried) => ({ ...tried, what: `a list of ${tried.what}`, value: [tried.value] }))];
  }
  if (isInputObjectType(type)) {
    const polluted: unknown = JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}');
    const odd = {
      'a text': 'a',
      'a number': 1,
      'a prototype': polluted,
      'an unknown field': { isAdmin: true, organisation: 'x' },
    };
    // Where nothing in it is required, an empty one says nothing.
    const empty = (Object.values(type.getFields()).some(isRequiredInputField) ? refused : either)('nothing', {});
    return [...missing, empty, ...Object.entries(odd).map(([what, value]) => refused(what, value))];
  }
  return [...missing, ...scalarsFor(place, type, use, foreign)];
}
