import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { newId } from '../../src/domain/index.js';
import { credentialOfPair, makeCredential, parseCredential } from '../../src/keys/credential.js';
import { type Service, startService } from '../support/service.js';
import { steadily } from '../support/steadily.js';
import { signIn, type TestKey, type TestTenant } from '../support/tenant.js';
import { rowsOf } from './support/database.js';
import { exchange, type Received } from './support/exchange.js';
import { act, firstTenant, userOf } from './support/world.js';

/** As it is published for secret scanners (R37). */
const PUBLISHED = /^bwk_(prod|stg|dev)_[0-7][0-9a-hjkmnp-tv-z]{25}_[0-9A-Za-z]{49}$/;
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const environments = ['PRODUCTION', 'STAGING', 'DEVELOPMENT'] as const;
const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
/** The random half without the checksum. */
const randomOf = (credential: string): string => credential.slice(-49, -6);
const replaced = (text: string, at: number, by: string): string => text.slice(0, at) + by + text.slice(at + 1);

/** A text with the checksum that it should have. */
function withChecksum(text: string): string {
  let digits = '';
  for (let rest = crc32(text); digits.length < 6; rest = Math.floor(rest / 62)) digits = DIGITS.charAt(rest % 62) + digits;
  return text + digits;
}

/** Every way in which somebody may mistype, mangle or make up a credential. */
function mangled(credential: string): Map<string, string> {
  const all = new Map<string, string>();
  const other = makeCredential(newId('key'), 'PRODUCTION').credential;
  const fullWidth = (text: string): string => text.replaceAll(/[!-~]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0));
  for (let at = 0; at < credential.length; at += 1) {
    const letter = credential.charAt(at);
    for (const digit of DIGITS) if (digit !== letter) all.set(`${digit} at ${at}`, replaced(credential, at, digit));
    for (let bit = 0; bit < 8; bit += 1)
      all.set(`bit ${bit} at ${at}`, replaced(credential, at, String.fromCharCode(letter.charCodeAt(0) ^ (1 << bit))));
    all.set(`without ${at}`, replaced(credential, at, ''));
    all.set(`one more at ${at}`, replaced(credential, at, letter + letter));
    all.set(`full width at ${at} (NFKC)`, replaced(credential, at, fullWidth(letter)));
    if (letter !== credential.charAt(at + 1) && at + 1 < credential.length) {
      all.set(`turned at ${at}`, credential.slice(0, at) + credential.charAt(at + 1) + letter + credential.slice(at + 2));
    }
  }
  for (const [what, text] of Object.entries({
    'upper case': credential.toUpperCase(),
    'lower case': credential.toLowerCase(),
    'a trailing space': `${credential} `,
    'a leading space': ` ${credential}`,
    'a line break': `${credential}\n`,
    NUL: `${credential}\0`,
    'a byte order mark': `\uFEFF${credential}`,
    'one more digit': `${credential}0`,
    'full width (NFKC)': fullWidth(credential),
    twice: credential + credential,
    'ten kilobytes': credential + '0'.repeat(10_000),
    'the id of another key': other.slice(0, 35) + credential.slice(35),
    'the secret of another key': credential.slice(0, 35) + other.slice(35),
    'another environment': credential.replace('bwk_prod_', 'bwk_stg_'),
    nothing: '',
    'its head': credential.slice(0, 35),
    'no prefix': credential.slice(4),
    __proto__: '__proto__',
  })) {
    all.set(what, text);
  }
  all.delete(credential);
  return all;
}

describe('the format (R27, R29, R37)', () => {
  test('20,000 credentials: each of the published form, each another, each read back as what it was made of', () => {
    const seen = new Set<string>();
    const counts = new Map<string, number>();
    for (let index = 0; index < 20_000; index += 1) {
      const [id, environment] = [newId('key'), environments[index % 3]!];
      const { credential, secret, digest } = makeCredential(id, environment);
      const parsed = parseCredential(credential);
      if (!PUBLISHED.test(credential) || secret !== credential.slice(-49) || digest.length !== 32)
        throw new Error(`malformed: ${credential}`);
      if (parsed?.keyId !== id || parsed.environment !== environment || !parsed.digest.equals(digest))
        throw new Error(`not read back: ${credential}`);
      if (credentialOfPair(id, secret) !== credential) throw new Error(`not read as a pair: ${credential}`);
      const random = randomOf(credential);
      seen.add(random).add(digest.toString('hex'));
      for (const digit of random.slice(1)) counts.set(digit, (counts.get(digit) ?? 0) + 1);
    }
    expect(seen.size).toBe(40_000);
    // Chi-square over 62 digits, 61 degrees of freedom: beyond 150 once in a thousand million runs.
    const expected = (20_000 * 42) / DIGITS.length;
    const deviation = Array.from(DIGITS).reduce((sum, digit) => sum + ((counts.get(digit) ?? 0) - expected) ** 2 / expected, 0);
    expect(deviation).toBeLessThan(150);
  });

  test('what is of another form is refused, though its checksum is right', () => {
    const body = makeCredential(newId('key'), 'PRODUCTION').credential.slice(0, -6);
    const [id, gap, random] = [9, 35, 36];
    expect(parseCredential(withChecksum(body))).not.toBeNull();
    const malformed = [
      ...['8', 'z', 'A', 'i', ' '].map((letter) => replaced(body, id, letter)),
      ...['i', 'l', 'o', 'u', 'A', '-', '_', 'é', '\u0130', '\uFF10'].map((letter) => replaced(body, id + 5, letter)),
      ...['-', '0', '__'].map((letter) => replaced(body, gap, letter)),
      ...['-', '_', ' ', '\0', 'é', '\u0130', '\uFF10'].map((letter) => replaced(body, random + 5, letter)),
      replaced(body, random, ''),
      replaced(body, id, ''),
      body.replace('bwk_prod_', 'bwk_test_'),
      body.replace('bwk_prod_', 'bwk_PROD_'),
      body.replace('bwk_', ''),
      ` ${body}`,
    ];
    for (const each of malformed) expect({ each, read: parseCredential(withChecksum(each)) }).toEqual({ each, read: null });
  });

  test('whatever is changed in it, the checksum or the form finds it: characters, bits, lengths, case, order, splices', () => {
    for (const environment of environments) {
      const id = newId('key');
      const { credential, secret } = makeCredential(id, environment);
      const all = mangled(credential);
      expect(all.size).toBeGreaterThan(5_000);
      expect([...all].filter(([, text]) => text !== credential && parseCredential(text) !== null)).toEqual([]);
      const pairs = [...mangled(secret)].filter(([, text]) => text !== secret && credentialOfPair(id, text) !== null);
      expect(pairs).toEqual([]);
      expect([
        credentialOfPair(newId('key'), secret),
        credentialOfPair(id.slice(4), secret),
        credentialOfPair(newId('usr'), secret),
        credentialOfPair('', secret),
      ]).toEqual([null, null, null, null]);
    }
  });
});

describe('at the doors', () => {
  let service: Service;
  let tenant: TestTenant;
  let key: TestKey;
  let gateway: TestKey;

  beforeAll(async () => {
    // Nothing is written behind the answers: it would be counted with them.
    service = await startService(undefined, { flushEveryMs: 3_600_000 });
    tenant = await firstTenant(service);
    key = await tenant.key({ permissions: ['workspace:view'] });
    gateway = await tenant.key({ permissions: ['apiKey:verify'], name: 'Gateway' });
  });
  afterAll(() => service.stop());

  const basic = (id: string, secret: string): string => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
  const present = (headers: Record<string, string>, path = '/graphql'): Promise<Received> =>
    exchange(service.url, {
      path,
      headers: { ...headers, 'x-request-id': 'the-same-each-time' },
      body: '{"query":"{ viewer { apiKey { id } } }"}',
    });

  test('a right one is let in as a token, as a key and as a pair (S3.3)', async () => {
    const let_in = { status: 200, text: expect.stringContaining(key.id) };
    for (const scheme of ['Bearer', 'bearer', 'BEARER'])
      expect(await present({ authorization: `${scheme} ${key.key}` })).toMatchObject(let_in);
    expect(await present({ authorization: basic(key.id, key.secret) })).toMatchObject(let_in);
    expect(await present({ 'x-api-key': key.key })).toMatchObject(let_in);
  });

  test('what is stored of it is SHA-256 of 256 random bits, in 32 bytes, and no other part of it (R32)', async () => {
    const rows = await rowsOf(service, 'api_keys');
    expect(rows).toHaveLength(2);
    const row = rows.find(({ id }) => id === key.id)!;
    expect(Buffer.isBuffer(row['secret_digest'])).toBe(true);
    expect((row['secret_digest'] as Buffer).equals(sha256(randomOf(key.key)))).toBe(true);
    expect(row['hint']).toBe(key.key.slice(0, -50));
    for (const token of await rowsOf(service, 'refresh_tokens')) expect((token['digest'] as Buffer).length).toBe(32);
  });

  test('one whose form or checksum is wrong is refused without a question to the database (R29, R64)', async () => {
    const sendable = (text: string): boolean => /^[\x21-\x7e]+$/.test(text) && text.length < 8_000;
    const some = (of: string): string[] => {
      const all = [...mangled(of).values()].filter((text) => text !== of && sendable(text));
      return all.filter((_, index) => index % 40 === 0 || index > all.length - 12);
    };
    const answers: Received[] = [];
    const statements = await service.statementsOf(async () => {
      for (const text of some(key.key))
        answers.push(await present({ authorization: `Bearer ${text}` }), await present({ 'x-api-key': text }));
      for (const text of some(key.secret)) answers.push(await present({ authorization: basic(key.id, text) }));
      for (const id of [newId('key'), key.id.slice(4), '', '__proto__', key.key])
        answers.push(await present({ authorization: basic(id, key.secret) }));
    });
    expect(statements.length).toBe(0);
    expect([...new Set(answers.filter(({ status }) => status !== 401).map(({ text }) => text))]).toEqual([]);
  });

  test('asked about, such a one is NOT_FOUND without being looked up, and one that is well-formed is looked up once (R29)', async () => {
    const document = 'mutation ($key: String!) { verifyApiKey(input: { key: $key }) { code valid } }';
    const lookups = async (text: string): Promise<number> => {
      let code = '';
      const statements = await service.statementsOf(async () => {
        code = (await gateway.client.ask<{ verifyApiKey: { code: string } }, object>(document, { key: text })).verifyApiKey.code;
      });
      expect(code).toBe('NOT_FOUND');
      return statements.filter((sql) => sql.includes('secret_digest')).length;
    };
    // The asking key itself is looked up at its first use.
    await lookups('');
    const odd = [...mangled(key.key)].filter(([, text]) => text.isWellFormed());
    for (const [, text] of odd.filter((_, index) => index % 100 === 0 || index > odd.length - 20))
      await steadily(async () => {
        // Else a look-up would be remembered, and not be seen the next time.
        service.app.contexts.forgetAll();
        await lookups('');
        expect(await lookups(text)).toBe(0);
      });
    await steadily(async () => expect(await lookups(makeCredential(newId('key'), 'PRODUCTION').credential)).toBe(1));
  });

  test('an unknown id, a wrong secret and an ended key get the same bytes, and once they are remembered cost the same questions (R33, R34)', async () => {
    const [revoked, deleted, mine] = [await tenant.key(), await tenant.key(), await tenant.key()];
    await act(tenant.owner.client, 'revokeApiKey', 'RevokeApiKeyInput', { id: revoked.id }, '{ apiKey { id } }');
    await act(tenant.owner.client, 'deleteApiKey', 'DeleteApiKeyInput', { id: deleted.id }, '{ deletedApiKeyId }');
    const guesses = [newId('key'), mine.id, revoked.id, deleted.id].map((id) => makeCredential(id, 'PRODUCTION').credential);
    await steadily(async () => {
      const told = new Set<string>();
      for (const guess of [...guesses, deleted.key, makeCredential(mine.id, 'STAGING').credential]) {
        let answer: Received | undefined;
        await present({ authorization: `Bearer ${guess}` });
        const statements = await service.statementsOf(async () => {
          answer = await present({ authorization: `Bearer ${guess}` });
        });
        const { date: _date, ...headers } = answer!.headers;
        told.add(JSON.stringify([answer!.status, headers, answer!.text, statements]));
      }
      expect([...told]).toHaveLength(1);
      expect([...told][0]).toContain('401');
    });
  });

  test('in a URL it opens nothing (R26)', async () => {
    for (const name of ['key', 'api_key', 'apiKey', 'access_token', 'token', 'authorization', 'x-api-key']) {
      const answer = await present({}, `/graphql?${name}=${encodeURIComponent(key.key)}`);
      expect([answer.code, answer.text.includes(key.id)]).toEqual(['UNAUTHENTICATED', false]);
    }
    expect(service.logged.join('\n')).not.toContain(key.secret);
  });

  test('a password is compared to its last byte, and what is longer than bcrypt reads is refused (R30)', async () => {
    const password = `${'é'.repeat(35)}ab`;
    await userOf(tenant, 'Long', { password });
    const as = (text: string) => signIn(service, 'long@tenant.test', text, tenant.organizationId);
    await expect(as(password)).resolves.toBeDefined();
    for (const text of [`${password}x`, `${password.slice(0, -1)}c`, password.slice(0, -1), `${password}\0`, password.normalize('NFD')]) {
      await expect(as(text)).rejects.toThrow('UNAUTHENTICATED');
    }
    await expect(userOf(tenant, 'Longer', { password: `${password}x` })).rejects.toThrow('BAD_USER_INPUT');
  });

  test('two addresses that differ only at their end are two people (R30)', async () => {
    const address = (end: string): string => `${'x'.repeat(210)}@${end}.test`;
    for (const end of ['one', 'two']) await userOf(tenant, `Person ${end}`, { email: address(end), password: `the password of ${end}` });
    await expect(signIn(service, address('one'), 'the password of one', tenant.organizationId)).resolves.toBeDefined();
    await expect(signIn(service, address('two'), 'the password of one', tenant.organizationId)).rejects.toThrow('UNAUTHENTICATED');
    await expect(signIn(service, address('TWO'), 'the password of two', tenant.organizationId)).resolves.toBeDefined();
  });
});
