import {
  ChangePasswordDocument,
  CreateApplicationDocument,
  CreateUserDocument,
  RefreshSessionDocument,
  ResetUserPasswordDocument,
  SignInDocument,
  type SignInMutation,
  SignOutDocument,
  ViewerDocument,
} from '../generated/documents.js';
import type { Client } from '../support/client.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestPerson, type TestTenant } from '../support/tenant.js';

let service: Service;
let tenant: TestTenant;

beforeAll(async () => {
  service = await startService();
});
// Tests move the clock: each has a tenant, and so sessions, of its own.
beforeEach(async () => {
  tenant = await foundTenant(service);
});
afterAll(() => service.stop());

const TEN_MINUTES = 600_000;
const THIRTY_DAYS = 30 * 24 * 3_600_000;

async function session({ email, password }: TestPerson, organizationId = tenant.organizationId): Promise<SignInMutation['signIn']> {
  return (await service.anonymous.ask(SignInDocument, { input: { email, password, organizationId } })).signIn;
}
const bearer = ({ accessToken }: { readonly accessToken: string }): Client => service.anonymous.as(accessToken);
const refresh = (refreshToken: string) => service.anonymous.send(RefreshSessionDocument, { input: { refreshToken } });
const viewer = (client: Client) => client.send(ViewerDocument, {});
const withoutRequestId = (text: string): string => text.replaceAll(/"requestId":"[^"]*"/g, '');

describe('signing in', () => {
  test('gives tokens and tells who is signed in; the address is good in any case', async () => {
    const { owner, organizationId } = tenant;
    const answer = await session({ ...owner, email: owner.email.toUpperCase() });
    expect(answer).toMatchObject({
      mustChangePassword: false,
      user: { id: owner.id, email: owner.email, organization: { id: organizationId } },
    });
    expect((await viewer(bearer(answer))).data?.viewer).toMatchObject({ environment: null, apiKey: null, user: { id: owner.id } });
  });

  test('gives an access token that is good for ten minutes and not an instant longer', async () => {
    const answer = await session(tenant.owner);
    const expiresAt = new Date(answer.expiresAt);
    expect(expiresAt.getTime() - service.clock.now().getTime()).toBeLessThanOrEqual(TEN_MINUTES);
    expect(expiresAt.getTime() - service.clock.now().getTime()).toBeGreaterThan(TEN_MINUTES - 1_000);
    service.clock.set(new Date(expiresAt.getTime() - 1));
    expect((await viewer(bearer(answer))).status).toBe(200);
    service.clock.set(expiresAt);
    expect(await viewer(bearer(answer))).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
  });

  test('with a wrong password, an unknown address, or in another organization is refused in the same words (R86)', async () => {
    const other = await foundTenant(service, 'Other');
    const stranger = await tenant.person('Stranger');
    const attempts = [
      { email: stranger.email, password: 'not the right password', organizationId: tenant.organizationId },
      { email: 'nobody@nowhere.test', password: stranger.password, organizationId: tenant.organizationId },
      { email: stranger.email, password: stranger.password, organizationId: other.organizationId },
      { email: stranger.email, password: stranger.password, organizationId: 'org_01jzzzzzzzzzzzzzzzzzzzzzzz' },
      { email: tenant.owner.email, password: tenant.owner.password },
    ];
    const answers = await Promise.all(attempts.map((input) => service.anonymous.send(SignInDocument, { input })));
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 200, code: 'UNAUTHENTICATED', data: null });
      expect(withoutRequestId(answer.text)).toBe(withoutRequestId(answers[0]!.text));
    }
  });

  test('with the same address in two tenants needs the organization, and leads to another user in each (C24)', async () => {
    const other = await foundTenant(service, 'Other');
    expect(other.owner.email).toBe(tenant.owner.email);
    expect((await session(tenant.owner)).user.id).toBe(tenant.owner.id);
    expect((await session(other.owner, other.organizationId)).user.id).toBe(other.owner.id);
  });

  test('with an address that exists once needs no organization', async () => {
    const { email, password, id } = await tenant.person('Unique');
    const answer = await service.anonymous.ask(SignInDocument, { input: { email, password } });
    expect(answer.signIn.user.id).toBe(id);
  });

  test.each([
    ['no address', { email: 'not an address' }, 'input.email'],
    ['a password that no password can be', { password: 'x'.repeat(1_025) }, 'input.password'],
    ['no organization id', { organizationId: 'Acme' }, 'input.organizationId'],
  ])('with %s is refused with the field', async (_what, wrong, field) => {
    const input = { email: 'a@b.test', password: 'a password of sorts', ...wrong };
    expect(await service.anonymous.send(SignInDocument, { input })).toMatchObject({ code: 'BAD_USER_INPUT', field });
  });

  test('a made-up, altered or foreign token is refused with 401', async () => {
    const { accessToken } = await session(tenant.owner);
    const [head, body, signature] = accessToken.split('.') as [string, string, string];
    const unsigned = `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${body}.`;
    const altered = `${head}.${Buffer.from(Buffer.from(body, 'base64url').toString().replace('usr_', 'usr_0')).toString('base64url')}.${signature}`;
    for (const token of ['made-up', unsigned, altered, `${accessToken}x`]) {
      expect(await viewer(service.anonymous.as(token))).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    }
  });
});

describe('refreshing', () => {
  test('a refresh token works once and gives the next pair', async () => {
    const first = await session(tenant.owner);
    service.clock.advance(TEN_MINUTES);
    const second = await refresh(first.refreshToken);
    expect(second.data?.refreshSession.user.id).toBe(tenant.owner.id);
    expect((await viewer(bearer(second.data!.refreshSession))).status).toBe(200);
    const third = await refresh(second.data!.refreshSession.refreshToken);
    expect(third.code).toBe('OK');
  });

  test('using a spent refresh token ends the session, also for whoever bears the newer one', async () => {
    const stolen = await session(tenant.owner);
    const next = (await refresh(stolen.refreshToken)).data!.refreshSession;
    expect(await refresh(stolen.refreshToken)).toMatchObject({ code: 'UNAUTHENTICATED', data: null });
    expect(await viewer(bearer(next))).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    expect(await refresh(next.refreshToken)).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect((await viewer(tenant.owner.client)).status).toBe(200);
  });

  test('what is no refresh token is refused in the same words', async () => {
    const { refreshToken, accessToken } = await session(tenant.owner);
    for (const wrong of ['', 'bwr_', accessToken, `${refreshToken.slice(0, -1)}_`, refreshToken.toUpperCase()]) {
      expect(await refresh(wrong)).toMatchObject({ code: 'UNAUTHENTICATED', data: null });
    }
  });

  test('a session ends after thirty days, however often it was refreshed', async () => {
    const { refreshToken } = await session(tenant.owner);
    service.clock.advance(THIRTY_DAYS - 1);
    const last = await refresh(refreshToken);
    expect(last.code).toBe('OK');
    service.clock.advance(1);
    expect(await viewer(bearer(last.data!.refreshSession))).toMatchObject({ status: 401 });
    expect(await refresh(last.data!.refreshSession.refreshToken)).toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});

describe('signing out', () => {
  test('ends this session at once and leaves the others', async () => {
    const here = await session(tenant.owner);
    const elsewhere = await session(tenant.owner);
    expect((await bearer(here).send(SignOutDocument, {})).data?.signOut).toEqual({ signedOut: true });
    expect(await viewer(bearer(here))).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    expect(await refresh(here.refreshToken)).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect((await viewer(bearer(elsewhere))).status).toBe(200);
  });

  test('is for who is signed in', async () => {
    expect(await service.anonymous.send(SignOutDocument, {})).toMatchObject({ code: 'UNAUTHENTICATED' });
    const { client } = await tenant.key();
    expect(await client.send(SignOutDocument, {})).toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('changing the password', () => {
  const newPassword = 'another good long password';

  test('ends all other sessions and goes on with this one', async () => {
    const { owner } = tenant;
    const here = await session(owner);
    const elsewhere = await session(owner);
    const changed = await bearer(here).ask(ChangePasswordDocument, { input: { currentPassword: owner.password, newPassword } });
    expect((await viewer(bearer(changed.changePassword))).status).toBe(200);
    expect(await viewer(bearer(elsewhere))).toMatchObject({ status: 401 });
    expect(await refresh(elsewhere.refreshToken)).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect((await refresh(changed.changePassword.refreshToken)).code).toBe('OK');
    await expect(session(owner)).rejects.toThrow('UNAUTHENTICATED');
    expect((await session({ ...owner, password: newPassword })).user.id).toBe(owner.id);
  });

  test.each([
    ['a wrong current one', { currentPassword: 'not my password' }, 'input.currentPassword'],
    ['eleven characters', { newPassword: 'elevenchars' }, 'input.newPassword'],
    ['73 bytes, of which bcrypt would ignore one (R30)', { newPassword: 'x'.repeat(73) }, 'input.newPassword'],
    ['25 characters that are more than 72 bytes', { newPassword: '語'.repeat(25) }, 'input.newPassword'],
    ['the same one again', { newPassword: 'a good long password' }, 'input.newPassword'],
  ])('with %s is refused with the field', async (_what, wrong, field) => {
    const { client, password } = tenant.owner;
    const input = { currentPassword: password, newPassword, ...wrong };
    expect(await client.send(ChangePasswordDocument, { input })).toMatchObject({ code: 'BAD_USER_INPUT', field });
  });

  test('is for who is signed in', async () => {
    const input = { currentPassword: tenant.owner.password, newPassword };
    expect(await service.anonymous.send(ChangePasswordDocument, { input })).toMatchObject({ code: 'UNAUTHENTICATED' });
    const { client } = await tenant.key();
    expect(await client.send(ChangePasswordDocument, { input })).toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('a temporary password', () => {
  test('opens nothing but viewer, changePassword and signOut until it is changed', async () => {
    const email = 'temporary@tenant.test';
    const { organizationId, owner } = tenant;
    const created = await owner.client.ask(CreateUserDocument, { input: { organizationId, kind: 'HUMAN', name: 'New', email } });
    const password = created.createUser.temporaryPassword!;
    expect(password.length).toBeGreaterThanOrEqual(20);
    await tenant.grant(created.createUser.user.id, 'rol_admin');

    const signedIn = await session({ ...owner, email, password });
    expect(signedIn.mustChangePassword).toBe(true);
    expect((await viewer(bearer(signedIn))).code).toBe('OK');
    const application = { input: { organizationId, name: 'Too early' } };
    expect(await bearer(signedIn).send(CreateApplicationDocument, application)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await bearer(signedIn).send('{ organizations { nodes { id } } }')).toMatchObject({ code: 'FORBIDDEN' });

    // What is open leads to oneself, and not through oneself to what one holds.
    const around = `{ viewer { user { id email userGroups { id } grants { totalCount } organization {
      name description viewerPermissions roles { id } permissions { name } users { nodes { id } } apiKeys { totalCount } grants { nodes { subject { ... on User { id } } } }
      applications { totalCount } } } } }`;
    await tenant.key();
    const { user } = created.createUser;
    expect(await bearer(signedIn).ask(around)).toEqual({
      viewer: {
        user: {
          ...{ id: user.id, email, userGroups: [], grants: { totalCount: 1 } },
          organization: {
            ...{ name: 'Tenant', description: null, viewerPermissions: [], roles: [], permissions: [] },
            ...{ users: { nodes: [{ id: user.id }] }, apiKeys: { totalCount: 0 }, applications: { totalCount: 0 } },
            grants: { nodes: [{ subject: { id: user.id } }] },
          },
        },
      },
    });

    const input = { currentPassword: password, newPassword: 'one of my own choosing' };
    const { changePassword } = await bearer(signedIn).ask(ChangePasswordDocument, { input });
    expect(changePassword.mustChangePassword).toBe(false);
    expect((await bearer(changePassword).send(CreateApplicationDocument, application)).code).toBe('OK');
  });

  test('is what a reset gives, and the reset ends every session', async () => {
    const person = await tenant.person('Forgetful');
    const reset = await tenant.owner.client.ask(ResetUserPasswordDocument, { input: { id: person.id } });
    expect(await viewer(person.client)).toMatchObject({ status: 401 });
    await expect(session(person)).rejects.toThrow('UNAUTHENTICATED');
    const again = await session({ ...person, password: reset.resetUserPassword.temporaryPassword });
    expect(again).toMatchObject({ mustChangePassword: true, user: { id: person.id } });
    expect((await refresh(again.refreshToken)).data?.refreshSession.mustChangePassword).toBe(true);
  });
});

describe('whoever goes', () => {
  test('a deactivated user: all sessions are refused at once, nobody signs in, and all come back with the user (R69)', async () => {
    const person = await tenant.person('Suspended');
    const sessions = [await session(person), await session(person)];
    await tenant.setActive(person.id, false);
    for (const each of sessions) {
      expect(await viewer(bearer(each))).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
      expect(await refresh(each.refreshToken)).toMatchObject({ code: 'UNAUTHENTICATED' });
    }
    await expect(session(person)).rejects.toThrow('UNAUTHENTICATED');
    await tenant.setActive(person.id, true);
    for (const each of sessions) expect((await viewer(bearer(each))).status).toBe(200);
  });

  test('a removed user: sessions end for good, and the address is free again', async () => {
    const person = await tenant.person('Leaver');
    await tenant.removeUser(person.id);
    expect(await viewer(person.client)).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    await expect(session(person)).rejects.toThrow('UNAUTHENTICATED');
    const successor = await tenant.person('Leaver');
    expect(successor.id).not.toBe(person.id);
    expect((await session(successor)).user.id).toBe(successor.id);
  });
});
