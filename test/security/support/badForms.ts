import { createHash } from 'node:crypto';
import { exotic, otherTypes, refused, type Tried } from './tried.js';

/** URLs where a webhook may lead and may not, the first kept as they are. */
export function urlsFor(): Tried[] {
  const host = 'https://hooks.tenant.test/';
  const hosts = ['127.0.0.1', '169.254.169.254', '[::1]', '10.0.0.1', 'localhost'].map((each) => `https://${each}/`);
  const schemes = ['http://hooks.tenant.test/', 'javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', '//hooks.tenant.test/'];
  const bad = ['', ' ', 'x', 'https://', 'https://user:password@hooks.tenant.test/', `${host}#part`, `${host}${'x'.repeat(2_000)}`];
  return [
    { what: 'as long as it may be', value: host + 'x'.repeat(2_000 - host.length), must: 'BE_ACCEPTED' },
    { what: 'a query', value: `${host}?a=%27%20OR%201=1&b=%F0%9F%98%80`, must: 'BE_ACCEPTED' },
    ...[...bad, ...hosts, ...schemes, `${host}\0`, `${host}\r\nx: y`, `${host}\uD800`].map((each) => refused(each.slice(0, 50), each)),
    ...otherTypes('text'),
  ];
}

/** SHA-256 digests in hex, each said once. */
export function digestsFor(mark: string): Tried[] {
  const digest = createHash('sha256').update(mark).digest('hex');
  const shouted = createHash('sha256').update(`${mark}!`).digest('hex').toUpperCase();
  const bad = {
    empty: '',
    blank: ' '.repeat(64),
    'too short': digest.slice(1),
    'too long': `${digest}0`,
    'twice as long': digest + digest,
    'no hex': `${digest.slice(1)}g`,
    'another encoding': createHash('sha256').update(mark).digest('base64'),
    'a space behind': `${digest} `,
    'NUL behind': `${digest}\0`,
    'CRLF behind': `${digest}\r\n`,
    'digits of another script': '\u0661'.repeat(64),
    'half of a surrogate pair': `${digest.slice(1)}\uD800`,
    'a bcrypt digest': `$2b$04$${'x'.repeat(53)}`,
    'far too long': digest.repeat(500),
  };
  return [
    { what: 'a digest', value: digest, must: 'BE_ACCEPTED' },
    { what: 'a digest in upper case', value: shouted, must: 'BE_ACCEPTED' },
    ...Object.entries({ ...bad, ...Object.fromEntries(exotic) }).map(([what, text]) => refused(what, text)),
    ...otherTypes('text'),
  ];
}

/** Clear heads of old credentials: visible characters of ASCII, each said once, none the start of another. */
export function headsFor(mark: string): Tried[] {
  const good = [
    `'OR'1'='1`,
    `";DROP--`,
    String.raw`\'#`,
    '%',
    '${7*7}{{7*7}}',
    '__proto__',
    'constructor',
    '<script>&amp;',
    'x'.repeat(59),
  ];
  const bad = ['', ' ', 'abc', `${mark}${'x'.repeat(60)}`, `bwk_prod_${mark}`, `${mark} x`, ` ${mark}`, `${mark}\0`, `${mark}\r\n`];
  const beyond = [`${mark}é`, `${mark}\u007f`, `${mark}\u202E`, `${mark}😀`, `${mark}\uD800`, 'x'.repeat(10_000)];
  return [
    ...good.map((text): Tried => ({ what: text, value: mark + text, must: 'BE_ACCEPTED' })),
    ...[...bad, ...beyond].map((text) => refused(JSON.stringify(text.slice(0, 80)), text)),
    ...otherTypes('text'),
  ];
}
