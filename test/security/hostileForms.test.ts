import fc from 'fast-check';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestKey } from '../support/tenant.js';
import { exchange, indiscretion, type Received } from './support/exchange.js';

let service: Service;
let gateway: TestKey;
let good: TestKey;

beforeAll(async () => {
  service = await startService();
  const tenant = await foundTenant(service);
  gateway = await tenant.gateway();
  good = await tenant.key();
});
afterAll(() => service.stop());

const FORM = 'application/x-www-form-urlencoded';

/** Sends a form as the gateway, or by nobody. */
const send = (path: string, body: string | Buffer, more: Record<string, string> = {}): Promise<Received> =>
  exchange(service.url, { path, body, headers: { 'content-type': FORM, authorization: `Bearer ${gateway.key}`, ...more } });

/** Whether a form was answered as something that is no good: never a yes, never a fault, and nothing told. */
function isRefused({ status, text }: Received, allowed: readonly number[]): boolean {
  return allowed.includes(status) && !text.includes('"active":true');
}

const ugly: [string, string | Buffer][] = [
  ['half a percent sign', 'token=%'],
  ['bytes that are no UTF-8', 'token=%ff%fe%c0%af'],
  ['raw bytes that are no UTF-8', Buffer.from([0x74, 0x6f, 0x6b, 0x65, 0x6e, 0x3d, 0xff, 0xfe])],
  ['NUL', 'token=%00'],
  ['a line break and a header', 'token=x%0d%0aX-Auth-User-Id:%20root'],
  ['a lone surrogate', 'token=%ed%a0%80'],
  ['names of prototypes', '__proto__=x&constructor=y&toString=z&token=x'],
  ['a name in brackets', 'token[]=x&token[a]=y'],
  ['thousands of names', Array.from({ length: 4_000 }, (_, index) => `a${index}=`).join('&')],
  ['thousands of ampersands', '&'.repeat(30_000)],
  ['a token of all of the body', `token=${'x'.repeat(32_000)}`],
  ['JSON', `{"token":"x"}`],
  ['XML with an entity', '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'],
];

describe('forms that nobody should send (R46, R47, R52, R60)', () => {
  test.each(ugly)('%s', async (_what, body) => {
    const introspected = await send('/oauth2/introspect', body);
    const revoked = await send('/oauth2/revoke', body);
    expect([indiscretion(introspected), isRefused(introspected, [200, 400])]).toEqual([null, true]);
    expect([indiscretion(revoked), isRefused(revoked, [200, 400])]).toEqual([null, true]);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test('what is larger than a form can be is refused, also where it does not say how large it is', async () => {
    expect((await send('/oauth2/introspect', `token=${'x'.repeat(40_000)}`)).status).toBe(413);
    expect((await send('/oauth2/revoke', `token=${'x'.repeat(40_000)}`, { 'transfer-encoding': 'chunked' })).status).toBe(413);
  });

  test('a made-up token, or any text at all, is inactive, ends nothing, and lets nobody through', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.string({ unit: 'grapheme', maxLength: 100 }),
      fc.base64String({ maxLength: 200 }).map((part) => `${part}.${part}.${part}`),
      fc.string({ maxLength: 60 }).map((part) => `bwk_prod_${part}`),
      fc.string({ maxLength: 60 }).map((part) => `bwr_${part}`),
      fc.nat({ max: good.key.length - 1 }).map((at) => `${good.key.slice(0, at)}*${good.key.slice(at + 1)}`),
    );
    await fc.assert(
      fc.asyncProperty(text, async (token) => {
        const body = new URLSearchParams({ token }).toString();
        const introspected = await send('/oauth2/introspect', body);
        const revoked = await send('/oauth2/revoke', body);
        if (token === '') return introspected.status === 400 && revoked.status === 400;
        return introspected.text === '{"active":false}' && revoked.status === 200 && revoked.text === '';
      }),
      { numRuns: 150 },
    );
    expect((await send('/oauth2/introspect', `token=${good.key}`)).text).toContain('"active":true');
  });

  test('a question that nobody should configure is refused, whatever is in it', async () => {
    const asked = fc.array(
      fc.tuple(
        fc.constantFrom('namespace', 'permission', 'resource', 'permision', '', '__proto__'),
        fc.string({ unit: 'binary', maxLength: 30 }),
      ),
      { maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(asked, async (pairs) => {
        const path = `/verify?${new URLSearchParams(pairs.map(([name, value]) => [name, value.toWellFormed()])).toString()}`;
        const answer = await exchange(service.url, {
          method: 'GET',
          path,
          headers: { 'x-bailiwick-service-key': gateway.key, authorization: `Bearer ${good.key}` },
        });
        // The one question that is asked without a word of these is whether the key lives, or holds what a list names well.
        const narrowing = pairs.filter(([name]) => name !== 'resource');
        return indiscretion(answer) === null && (narrowing.length === 0 ? [200, 400] : [400, 403]).includes(answer.status);
      }),
      { numRuns: 150 },
    );
  });
});
