import type { Principal } from '../../src/access/index.js';
import { newId, parseInput, type Refusal } from '../../src/domain/index.js';
import { changePasswordInput } from '../../src/sessions/changePassword.js';
import { endSessionsOf, type SignedIn } from '../../src/sessions/index.js';
import { ISSUER, PASSWORD, refusalOf, SessionWorld } from './sessionWorld.js';

let world: SessionWorld;
let tenant: string;
let ann: string;

beforeAll(async () => {
  world = await SessionWorld.open();
});
afterAll(() => world.close());
beforeEach(async () => {
  world.now = new Date('2026-11-21T10:00:00.250Z');
  tenant = await world.organization();
  ann = await world.user(tenant, `Ann.${tenant}@Example.test`);
});

const address = (): string => `ann.${tenant}@example.test`;
const signIn = (password = PASSWORD, email = address(), organizationId?: string | null): Promise<SignedIn> =>
  world.signIn(email, password, organizationId);
const refresh = (refreshToken: string): Promise<SignedIn> => world.sessions.refresh({ refreshToken }, world.requestId);

const principalOf = (signedIn: SignedIn) => world.principalOf(signedIn);

describe('signing in', () => {
  it('gives an access token that tells who, where and for how long, and a refresh token of which only the digest is stored', async () => {
    const signedIn = await signIn();
    const { decodeProtectedHeader, decodeJwt } = await import('jose');
    expect(decodeProtectedHeader(signedIn.accessToken)).toEqual({ alg: 'EdDSA', typ: 'at+jwt', kid: expect.any(String) });
    const principal = await principalOf(signedIn);
    expect(principal).toEqual({
      kind: 'USER',
      userId: ann,
      organizationId: tenant,
      sessionId: expect.stringMatching(/^ses_/),
      mustChangePassword: false,
    });
    const iat = Math.floor(world.now.getTime() / 1_000);
    expect(decodeJwt(signedIn.accessToken)).toEqual({
      iss: ISSUER,
      aud: [ISSUER, tenant],
      client_id: 'bailiwick',
      sub: ann,
      org: tenant,
      sid: principal.sessionId,
      iat,
      exp: iat + 600,
      jti: expect.any(String),
    });
    expect(signedIn).toMatchObject({ userId: ann, mustChangePassword: false, expiresAt: new Date((iat + 600) * 1_000) });
    expect(signedIn.refreshToken).toMatch(new RegExp(`^bwr_${principal.sessionId.slice(4)}_[0-9A-Za-z]{43}$`));
    const stored = await world.sql<{ digest: Buffer }>('SELECT digest FROM refresh_tokens WHERE session_id = ?', [principal.sessionId]);
    expect(stored.map(({ digest }) => digest.length)).toEqual([32]);
    expect(await world.audited(tenant)).toEqual([
      { action: 'session.create', actorId: ann, targetId: principal.sessionId, reason: null, requestId: 'req_test' },
    ]);
  });

  it('takes the address in any case and tells of a temporary password', async () => {
    await world.user(tenant, `new.${tenant}@example.test`, { temporary: 1 });
    const signedIn = await signIn(PASSWORD, `NEW.${tenant}@example.TEST`);
    expect(signedIn.mustChangePassword).toBe(true);
    expect(await principalOf(signedIn)).toMatchObject({ mustChangePassword: true });
  });

  it('refuses with the same words and the same work whatever is wrong (R86, R30)', async () => {
    const gone = await world.organization();
    await world.user(gone, `gone.${tenant}@example.test`);
    await world.sql(`UPDATE namespaces SET deleted_at = '2026-11-02 00:00:00.000' WHERE id = ?`, [gone]);
    await world.user(tenant, `idle.${tenant}@example.test`, { active: 0 });
    await world.user(tenant, `left.${tenant}@example.test`, { removed: true });
    await world.user(tenant, `robot.${tenant}@example.test`, { kind: 'SERVICE' });
    const other = await world.organization();
    await world.user(tenant, `twice.${tenant}@example.test`);
    await world.user(other, `twice.${tenant}@example.test`);
    await world.user(tenant, `long.${tenant}@example.test`, { password: 'p'.repeat(72) });
    const mail = (name: string): string => `${name}.${tenant}@example.test`;
    const attempts: [string, string, string?][] = [
      [mail('ann'), 'a wrong password'],
      [mail('ann'), ''],
      [mail('nobody'), PASSWORD],
      [mail('idle'), PASSWORD],
      [mail('left'), PASSWORD],
      [mail('robot'), PASSWORD],
      [mail('gone'), PASSWORD],
      [mail('twice'), PASSWORD],
      [mail('long'), 'p'.repeat(73)],
      [mail('ann'), PASSWORD, other],
      [mail('ann'), PASSWORD, newId('org')],
    ];
    const messages = new Set<string>();
    for (const [email, password, organizationId] of attempts) {
      const before = world.passwords.comparisons;
      const reason = await refusalOf(signIn(password, email, organizationId));
      expect(reason.code).toBe('UNAUTHENTICATED');
      expect(world.passwords.comparisons - before).toBe(1);
      messages.add(reason.message);
    }
    expect([...messages]).toEqual([expect.stringContaining('input.organizationId')]);
    expect(await world.audited(tenant)).toEqual([]);
  });

  it('finds the one that is meant where an address exists in several organizations (C24)', async () => {
    const other = await world.organization();
    const there = await world.user(other, address(), { password: 'another password' });
    expect((await signIn(PASSWORD, address(), tenant)).userId).toBe(ann);
    expect((await signIn('another password', address(), other)).userId).toBe(there);
    expect(await refusalOf(signIn('another password', address(), tenant))).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('lets nobody in whose password was changed while it was compared', async () => {
    const digest = await world.passwords.digest('a newer password');
    jest.spyOn(world.passwords, 'matches').mockImplementationOnce(async () => {
      await world.sql('UPDATE users SET password_digest = ? WHERE id = ?', [digest, ann]);
      return true;
    });
    expect(await refusalOf(signIn())).toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});

describe('refreshing', () => {
  it('gives new tokens of the same session, once', async () => {
    const first = await signIn();
    const second = await refresh(first.refreshToken);
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect(await principalOf(second)).toEqual(await principalOf(first));
    const third = await refresh(second.refreshToken);
    const { sessionId } = await principalOf(third);
    expect(await world.audited(tenant)).toMatchObject([
      { action: 'session.create' },
      { action: 'session.refresh', actorId: ann, targetId: sessionId },
      { action: 'session.refresh', actorId: ann, targetId: sessionId },
    ]);
  });

  it('ends the session when a spent token is used again, and says so in the audit trail', async () => {
    const first = await signIn();
    const { sessionId } = await principalOf(first);
    const second = await refresh(first.refreshToken);
    expect(await refusalOf(refresh(first.refreshToken))).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await world.sessions.authenticate(second.accessToken)).toBeNull();
    expect(await refusalOf(refresh(second.refreshToken))).toMatchObject({ code: 'UNAUTHENTICATED' });
    // Once more tells nothing new.
    expect(await refusalOf(refresh(first.refreshToken))).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect((await world.audited(tenant)).slice(2)).toEqual([
      {
        action: 'session.end',
        actorId: null,
        targetId: sessionId,
        reason: 'A refresh token was used a second time.',
        requestId: 'req_test',
      },
    ]);
  });

  it('lets exactly one of two through that come at once', async () => {
    const first = await signIn();
    const replica = await world.createSessions({ database: await world.replica() });
    const outcomes = await Promise.allSettled([
      refresh(first.refreshToken),
      replica.refresh({ refreshToken: first.refreshToken }, world.requestId),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    // One of the two bearers is a thief, and nobody knows which.
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') expect(await world.sessions.authenticate(outcome.value.accessToken)).toBeNull();
      else expect((outcome.reason as Refusal).reason.code).toBe('UNAUTHENTICATED');
    }
  });

  it('refuses what is no refresh token, or of another session, without touching the session it names', async () => {
    const signedIn = await signIn();
    const other = await signIn();
    const secret = signedIn.refreshToken.slice(-43);
    for (const made of ['', 'bwr_', 'x'.repeat(1_024), `${other.refreshToken.slice(0, -43)}${secret}`, `${signedIn.refreshToken} `]) {
      expect(await refusalOf(refresh(made))).toMatchObject({ code: 'UNAUTHENTICATED' });
    }
    await refresh(signedIn.refreshToken);
    await refresh(other.refreshToken);
  });

  it('stops 30 days after signing in, however often it was done', async () => {
    let { refreshToken } = await signIn();
    world.later(29 * 86_400);
    ({ refreshToken } = await refresh(refreshToken));
    world.later(86_400 - 1);
    const last = await refresh(refreshToken);
    expect(await world.sessions.authenticate(last.accessToken)).not.toBeNull();
    world.later(1);
    expect(await world.sessions.authenticate(last.accessToken)).toBeNull();
    expect(await refusalOf(refresh(last.refreshToken))).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('is refused to an inactive user and comes back with them, and is over for a removed one (R69)', async () => {
    const signedIn = await signIn();
    const dead = async (): Promise<void> => {
      expect(await world.sessions.authenticate(signedIn.accessToken)).toBeNull();
      expect(await refusalOf(refresh(signedIn.refreshToken))).toMatchObject({ code: 'UNAUTHENTICATED' });
    };
    await world.sql('UPDATE users SET active = 0 WHERE id = ?', [ann]);
    await dead();
    await world.sql('UPDATE users SET active = 1 WHERE id = ?', [ann]);
    expect(await world.sessions.authenticate(signedIn.accessToken)).not.toBeNull();
    const { accessToken } = await refresh(signedIn.refreshToken);
    await world.sql(`UPDATE users SET removed_at = '2026-11-21 10:00:00.000' WHERE id = ?`, [ann]);
    expect(await world.sessions.authenticate(accessToken)).toBeNull();
    await dead();
  });
});

describe('signing out', () => {
  it("ends the caller's session and no other, and once only in the audit trail", async () => {
    const here = await signIn();
    const there = await signIn();
    const act = await world.act(here.accessToken);
    await world.sessions.signOut(act);
    await world.sessions.signOut(act);
    expect(await world.sessions.authenticate(here.accessToken)).toBeNull();
    expect(await refusalOf(refresh(here.refreshToken))).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await world.sessions.authenticate(there.accessToken)).not.toBeNull();
    expect((await world.audited(tenant)).slice(2)).toMatchObject([{ action: 'session.end', actorId: ann, reason: null }]);
  });

  it('happens to all sessions of a user where another act demands it (R69)', async () => {
    const sessions = [await signIn(), await signIn()];
    const ended = await world.database.transact((rows) => endSessionsOf(rows, ann, world.now));
    expect(ended).toBe(2);
    for (const { accessToken } of sessions) expect(await world.sessions.authenticate(accessToken)).toBeNull();
  });
});

describe('changing the password', () => {
  const change = async (accessToken: string, currentPassword: string, newPassword: string): Promise<SignedIn> =>
    world.sessions.changePassword(await world.act(accessToken), parseInput(changePasswordInput, { currentPassword, newPassword }));

  it('lets the new one in and not the old one, ends all other sessions, and goes on with new tokens (R69)', async () => {
    await world.sql('UPDATE users SET must_change_password = 1 WHERE id = ?', [ann]);
    const [here, there] = [await signIn(), await signIn()];
    const changed = await change(here.accessToken, PASSWORD, 'a much better one');
    expect(changed.mustChangePassword).toBe(false);
    expect(await principalOf(changed)).toMatchObject({ mustChangePassword: false });
    expect((await principalOf(changed)).sessionId).toBe((await principalOf(here)).sessionId);
    expect(await world.sessions.authenticate(there.accessToken)).toBeNull();
    expect(await refusalOf(refresh(there.refreshToken))).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect((await world.audited(tenant)).at(-1)).toEqual({
      action: 'user.changePassword',
      actorId: ann,
      targetId: ann,
      reason: null,
      requestId: 'req_test',
    });
    const next = await refresh(changed.refreshToken);
    // The session's earlier refresh token was spent by the change.
    expect(await refusalOf(refresh(here.refreshToken))).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await world.sessions.authenticate(next.accessToken)).toBeNull();
    expect(await refusalOf(signIn())).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect((await signIn('a much better one')).userId).toBe(ann);
  });

  it('refuses a wrong current one, and a new one that is equal, too short or too long', async () => {
    const { accessToken } = await signIn();
    const refused = (current: string, next: string) => refusalOf(change(accessToken, current, next));
    expect(await refused('a wrong password', 'a much better one')).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'input.currentPassword',
    });
    for (const next of [PASSWORD, 'short', 'p'.repeat(73)]) {
      expect(await refused(PASSWORD, next)).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.newPassword' });
    }
    expect((await signIn()).userId).toBe(ann);
  });

  it('lets one of two through that come at once', async () => {
    const { accessToken } = await signIn();
    const outcomes = await Promise.allSettled(
      ['a much better one', 'an even better one'].map((next) => change(accessToken, PASSWORD, next)),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const [refused] = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect((refused?.reason as Refusal).reason.code).toBe('CONFLICT');
  });

  it('is not for API keys, nor is signing out', async () => {
    const key: Principal = {
      kind: 'KEY',
      keyId: newId('key'),
      userId: newId('usr'),
      organizationId: tenant,
      issuedBy: newId('usr'),
      environment: 'PRODUCTION',
      restricted: false,
    };
    expect(await refusalOf(world.sessions.signOut(world.actOf(key)))).toMatchObject({ code: 'FORBIDDEN' });
    const input = { currentPassword: PASSWORD, newPassword: 'a much better one' };
    expect(await refusalOf(world.sessions.changePassword(world.actOf(key), input))).toMatchObject({ code: 'FORBIDDEN' });
  });
});
