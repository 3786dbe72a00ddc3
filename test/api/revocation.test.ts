import { makeCredential } from '../../src/keys/credential.js';
import { newId } from '../../src/domain/index.js';
import {
  ReactivateApiKeyDocument,
  RefreshSessionDocument,
  RevokeApiKeyDocument,
  SignInDocument,
  ViewerDocument,
} from '../generated/documents.js';
import { basic, bearer, type DoorAnswer, knock, post } from '../support/doors.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestKey, type TestTenant, verify } from '../support/tenant.js';

let service: Service;
let tenant: TestTenant;
let gateway: TestKey;

beforeAll(async () => {
  service = await startService();
  tenant = await foundTenant(service);
  gateway = await tenant.gateway();
});
afterAll(() => service.stop());

const revoke = (token: string, more: Record<string, string> = {}): Promise<DoorAnswer> =>
  post(`${service.url}/oauth2/revoke`, { token, ...more });

const signIn = async () =>
  (
    await service.anonymous.ask(SignInDocument, {
      input: { email: tenant.owner.email, password: tenant.owner.password, organizationId: tenant.organizationId },
    })
  ).signIn;

/** What the trail says was done to something, the newest first. */
async function trailOf(targetId: string): Promise<readonly unknown[]> {
  const { auditEvents } = await tenant.owner.client.ask<{ auditEvents: { nodes: { targetId: string }[] } }, object>(
    'query ($o: ID!) { auditEvents(filter: { organizationId: $o }, first: 100) { nodes { targetId action outcome reason actorId actorApiKeyId } } }',
    { o: tenant.organizationId },
  );
  return auditEvents.nodes.filter((event) => event.targetId === targetId);
}

/** A key as its owner sees it. */
const seen = async (id: string) =>
  (
    await tenant.owner.client.ask<{ apiKey: Record<string, unknown> }, object>(
      'query ($id: ID!) { apiKey(id: $id) { status revocation { reason permanent } } }',
      { id },
    )
  ).apiKey;

describe('the bearer of a leaked key', () => {
  test('ends it with nothing but the key, for good, and the trail says so (S3.10, S0.15)', async () => {
    const key = await tenant.key();
    expect((await verify(gateway, key)).code).toBe('VALID');
    const answer = await revoke(key.key);
    expect(answer).toMatchObject({ status: 200, text: '', headers: { 'cache-control': 'no-store' } });
    expect((await verify(gateway, key)).code).toBe('INACTIVE');
    expect((await key.client.send(ViewerDocument, {})).status).toBe(401);
    const reason = 'A bearer of the key revoked it.';
    expect(await seen(key.id)).toEqual({ status: 'INACTIVE', revocation: { reason, permanent: true } });
    expect(await tenant.owner.client.send(ReactivateApiKeyDocument, { input: { id: key.id } })).toMatchObject({ code: 'CONFLICT' });
    const [event] = await trailOf(key.id);
    expect(event).toMatchObject({ action: 'apiKey.revoke', outcome: 'ALLOWED', reason, actorId: tenant.owner.id, actorApiKeyId: key.id });
  });

  test('ends it whatever narrows it: resources, networks, a spent limit, another environment, people who lost access, expiry', async () => {
    const eve = await tenant.person('Eve', ['rol_admin']);
    const spent = await tenant.key({ rateLimit: { limit: 1, windowSeconds: 60 } });
    await verify(gateway, spent);
    const keys = [
      await tenant.key({ restrictions: [{ type: 'customer', ids: ['c'] }] }),
      await tenant.key({ allowedCidrs: ['192.0.2.0/24'] }),
      spent,
      await tenant.key({ environment: 'DEVELOPMENT' }),
      await tenant.key({ by: eve.client }),
      await tenant.key({ expiresAt: new Date(service.clock.now().getTime() + 1) }),
    ];
    await tenant.setActive(eve.id, false);
    service.clock.advance(1);
    for (const { id, key } of keys) {
      expect((await revoke(key)).status).toBe(200);
      expect(await seen(id)).toMatchObject({ status: 'INACTIVE', revocation: { permanent: true } });
    }
    await tenant.setActive(eve.id, true);
    expect((await verify(gateway, keys[4]!)).code).toBe('INACTIVE');
  });

  test('ends it with the secret before, while that is in its grace, and not any more afterwards', async () => {
    const regenerate = async (id: string, graceSeconds: number): Promise<string> =>
      (
        await tenant.owner.client.ask<{ regenerateApiKey: { key: string } }, object>(
          'mutation ($i: RegenerateApiKeyInput!) { regenerateApiKey(input: $i) { key } }',
          { i: { id, graceSeconds } },
        )
      ).regenerateApiKey.key;
    const graced = await tenant.key();
    const retired = await tenant.key();
    const next = await regenerate(graced.id, 60);
    const other = await regenerate(retired.id, 0);
    await revoke(graced.key);
    await revoke(retired.key);
    expect((await verify(gateway, { key: next })).code).toBe('INACTIVE');
    expect((await verify(gateway, { key: other })).code).toBe('VALID');
  });

  test('takes the keys with it that the key made', async () => {
    const parent = await tenant.key({ permissions: ['apiKey:create', 'service:manage'] });
    const child = await tenant.key({ by: parent.client, permissions: ['service:manage'] });
    expect((await verify(gateway, child)).code).toBe('VALID');
    await revoke(parent.key);
    expect((await verify(gateway, child)).code).toBe('INACTIVE');
  });

  test('may say so again, and so may twenty at once: it is done once', async () => {
    const key = await tenant.key();
    const answers = await Promise.all(Array.from({ length: 20 }, () => revoke(key.key)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    expect((await revoke(key.key)).status).toBe(200);
    expect((await trailOf(key.id)).filter((event) => (event as { action: string }).action === 'apiKey.revoke')).toHaveLength(1);
  });

  test('does not undo or take over what an admin has revoked', async () => {
    const key = await tenant.key();
    await tenant.owner.client.ask(RevokeApiKeyDocument, { input: { id: key.id, reason: 'on leave' } });
    await revoke(key.key);
    expect(await seen(key.id)).toEqual({ status: 'INACTIVE', revocation: { reason: 'on leave', permanent: false } });
  });
});

describe('the bearer of a token of a session', () => {
  const alive = async (accessToken: string): Promise<boolean> =>
    (await service.anonymous.as(accessToken).send(ViewerDocument, {})).status === 200;

  test.each(['accessToken', 'refreshToken'] as const)('ends the session with its %s alone, whatever the hint says', async (which) => {
    const [session, other] = [await signIn(), await signIn()];
    expect(await revoke(session[which], { token_type_hint: 'whatever' })).toMatchObject({ status: 200, text: '' });
    expect([await alive(session.accessToken), await alive(other.accessToken)]).toEqual([false, true]);
    expect(await service.anonymous.send(RefreshSessionDocument, { input: { refreshToken: session.refreshToken } })).toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    const { sid } = JSON.parse(Buffer.from(session.accessToken.split('.')[1] ?? '', 'base64url').toString()) as { sid: string };
    expect((await trailOf(sid))[0]).toMatchObject({
      action: 'session.end',
      reason: 'A bearer of its token revoked it.',
      actorId: tenant.owner.id,
    });
    expect((await revoke(session[which])).status).toBe(200);
  });

  test('ends it with a spent refresh token as well, and not with an access token that has expired', async () => {
    const [spent, late] = [await signIn(), await signIn()];
    const { refreshSession } = await service.anonymous.ask(RefreshSessionDocument, { input: { refreshToken: spent.refreshToken } });
    await revoke(spent.refreshToken);
    expect(await alive(refreshSession.accessToken)).toBe(false);
    service.clock.advance(600_000);
    await revoke(late.accessToken);
    service.clock.advance(-600_000);
    expect(await alive(late.accessToken)).toBe(true);
  });
});

describe('a request to revoke', () => {
  const url = (): string => `${service.url}/oauth2/revoke`;

  test('what is no credential of ours is answered like one that was ended, without a statement where its form tells (RFC 7009, 2.2)', async () => {
    const key = await tenant.key();
    const nothing = [
      makeCredential(key.id, 'PRODUCTION').credential,
      makeCredential(newId('key'), 'PRODUCTION').credential,
      key.secret,
      `${key.key}x`,
      'bwr_x',
      'garbage',
      'x'.repeat(8_000),
    ];
    const statements = await service.statementsOf(async () => {
      for (const token of nothing) expect(await revoke(token)).toMatchObject({ status: 200, text: '' });
    });
    expect(statements.filter((sql) => sql.includes('secret_digest'))).toHaveLength(2);
    expect((await verify(gateway, key)).code).toBe('VALID');
  });

  test('reads no header: who bears the credential needs no other, and a good one beside it changes nothing', async () => {
    const [one, two] = [await tenant.key(), await tenant.key()];
    expect((await post(url(), { token: one.key }, bearer('garbage'))).status).toBe(200);
    expect((await post(url(), { token: two.key }, basic(gateway.id, gateway.secret))).status).toBe(200);
    expect([(await verify(gateway, one)).code, (await verify(gateway, two)).code]).toEqual(['INACTIVE', 'INACTIVE']);
    expect((await knock(url(), { method: 'POST', headers: bearer(gateway.key) })).status).toBe(400);
    expect((await verify(gateway, await tenant.key())).code).toBe('VALID');
  });

  test('with two credentials is 400 and ends neither (R85); without one it is 400; by GET it is 405', async () => {
    const [one, two] = [await tenant.key(), await tenant.key()];
    expect(await post(url(), `token=${one.key}&token=${two.key}`)).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    expect([(await verify(gateway, one)).code, (await verify(gateway, two)).code]).toEqual(['VALID', 'VALID']);
    expect(await post(url(), {})).toMatchObject({ status: 400, headers: { 'content-type': 'application/problem+json; charset=utf-8' } });
    expect(await knock(`${url()}?token=${one.key}`)).toMatchObject({ status: 405, headers: { allow: 'POST' } });
    expect((await verify(gateway, one)).code).toBe('VALID');
  });
});
