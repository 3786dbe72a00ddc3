import { randomUUID } from 'node:crypto';
import { purgeIdempotencyKeys } from '../../src/access/index.js';
import { CreateApiKeyDocument, CreateUserDocument, DeleteApiKeyDocument, ViewerDocument } from '../generated/documents.js';
import type { Client } from '../support/client.js';
import { sql } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestTenant } from '../support/tenant.js';

let service: Service;
let tenant: TestTenant;
let owner: Client;

beforeAll(async () => {
  service = await startService();
});
// Tests move the clock: each has a tenant, and so sessions, of its own.
beforeEach(async () => {
  tenant = await foundTenant(service);
  owner = tenant.owner.client;
});
afterAll(() => service.stop());

const under = (key: string, client = owner): Client => client.with({ 'idempotency-key': key });
const input = (more: object = {}) => ({ namespaceId: tenant.organizationId, environment: 'PRODUCTION' as const, name: 'Export', ...more });
const create = (key: string, more: object = {}, by = owner) => under(key, by).send(CreateApiKeyDocument, { input: input(more) });
const idOf = (answer: Awaited<ReturnType<typeof create>>): string | undefined => answer.data?.createApiKey.apiKey.id;
const createdId = ({ errors }: { errors: readonly { extensions: Record<string, unknown> }[] }): unknown =>
  errors[0]?.extensions['createdId'];
const keysOf = (organizationId: string) => sql(service, 'SELECT id FROM api_keys WHERE organization_id = ?', [organizationId]);
const DAY_MS = 86_400_000;

describe('a create under an Idempotency-Key (R68)', () => {
  test('50 at once make one key; the others are CONFLICT with its id, and are not told the secret', async () => {
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 50 }, () => create(key)));
    const made = answers.filter(({ code }) => code === 'OK');
    const [first] = made.map((answer) => answer.data?.createApiKey);
    expect(made).toHaveLength(1);
    for (const answer of answers.filter((each) => !made.includes(each))) {
      expect(answer).toMatchObject({ code: 'CONFLICT', data: null });
      expect(createdId(answer)).toBe(first?.apiKey.id);
      for (const secret of [first?.key, first?.secret]) expect(answer.text).not.toContain(secret);
    }
    expect(await keysOf(tenant.organizationId)).toEqual([{ id: first?.apiKey.id }]);
  });

  test('a replay is CONFLICT for 24 hours, also once what was made is gone; then the key is free again', async () => {
    const at = service.clock.now();
    const first = idOf(await create('one'));
    await owner.ask(DeleteApiKeyDocument, { input: { id: first ?? '' } });
    expect(createdId(await create('one'))).toBe(first);

    const later = async (milliseconds: number): Promise<Client> => {
      service.clock.set(new Date(at.getTime() + milliseconds));
      const { email, password } = tenant.owner;
      const session = await service.anonymous.ask<{ signIn: { accessToken: string } }, object>(
        'mutation ($input: SignInInput!) { signIn(input: $input) { accessToken } }',
        { input: { email, password, organizationId: tenant.organizationId } },
      );
      return service.anonymous.as(session.signIn.accessToken);
    };
    expect(createdId(await create('one', {}, await later(DAY_MS - 1)))).toBe(first);
    const next = await create('one', {}, await later(DAY_MS));
    expect(next.code).toBe('OK');
    expect(createdId(await create('one', {}, await later(DAY_MS + 1)))).toBe(idOf(next));
  });

  test('another input, or another mutation, is CONFLICT as well, and is told so', async () => {
    const first = idOf(await create('one'));
    const [same, renamed] = [await create('one'), await create('one', { name: 'Import' })];
    const other = await under('one').send(CreateUserDocument, {
      input: { organizationId: tenant.organizationId, kind: 'SERVICE', name: 'Export' },
    });
    for (const answer of [same, renamed, other]) {
      expect(answer.code).toBe('CONFLICT');
      expect(createdId(answer)).toBe(first);
    }
    expect(same.errors[0]?.message).toContain('already under this Idempotency-Key');
    for (const answer of [renamed, other]) expect(answer.errors[0]?.message).toContain('another input');
  });

  test('the order of what is said, and whether it is a variable, make no other input', async () => {
    const first = idOf(await create('one', { permissions: ['event:submit'] }));
    const said = `{ permissions: ["event:submit"], name: "Export", environment: PRODUCTION, namespaceId: "${tenant.organizationId}" }`;
    const answer = await under('one').send(`mutation { createApiKey(input: ${said}) { key } }`);
    expect([answer.code, createdId(answer)]).toEqual(['CONFLICT', first]);
    expect(answer.errors[0]?.message).toContain('already under this Idempotency-Key');
  });

  test('what was refused has used nothing: the same key makes it later', async () => {
    const ada = await tenant.person('Ada', ['rol_event_writer']);
    const wanting = { permissions: ['organization:edit'] };
    expect((await create('one', wanting, ada.client)).code).toBe('EXCEEDS_AUTHORITY');
    expect((await create('one', { name: '' }, ada.client)).code).toBe('BAD_USER_INPUT');
    await tenant.grant(ada.id, 'rol_editor');
    expect((await create('one', wanting, ada.client)).code).toBe('OK');
  });

  test('each caller has keys of their own: people, API keys, tenants', async () => {
    const ada = await tenant.person('Ada', ['rol_event_writer']);
    const parent = await tenant.key({ permissions: ['apiKey:create', 'event:submit'] });
    const stranger = await foundTenant(service);
    const own = { namespaceId: stranger.organizationId };
    const answers = [
      await create('one'),
      await create('one', {}, ada.client),
      await create('one', { permissions: ['event:submit'] }, parent.client),
      await create('one', own, stranger.owner.client),
    ];
    expect(answers.map(({ code }) => code)).toEqual(['OK', 'OK', 'OK', 'OK']);
    const again = await create('one', { permissions: ['event:submit'] }, parent.client);
    expect([again.code, createdId(again)]).toEqual(['CONFLICT', answers[2] && idOf(answers[2])]);
  });

  test('two creates in one request are two, whatever they are called; replayed, both are CONFLICT', async () => {
    const twice = (left: string, right: string): string =>
      `mutation ($input: CreateApiKeyInput!) { ${left}: createApiKey(input: $input) { apiKey { id } } ${right}: createApiKey(input: $input) { apiKey { id } } }`;
    const first = await under('one').send<Record<string, { apiKey: { id: string } } | null>, object>(twice('a', 'b'), { input: input() });
    expect(first.code).toBe('OK');
    expect(first.data?.['a']?.apiKey.id).not.toBe(first.data?.['b']?.apiKey.id);
    // Payloads are not null: the first refusal ends the answer, so each is asked by itself.
    const replayed = await under('one').send(twice('c', 'd'), { input: input() });
    expect([replayed.code, createdId(replayed)]).toEqual(['CONFLICT', first.data?.['a']?.apiKey.id]);
    expect(await keysOf(tenant.organizationId)).toHaveLength(2);
  });

  test('means nothing where nothing is made: a query, an edit, a deletion', async () => {
    const client = under('one');
    for (let time = 0; time < 2; time += 1) expect((await client.send(ViewerDocument, {})).code).toBe('OK');
    const first = idOf(await create('one'));
    expect((await client.send(DeleteApiKeyDocument, { input: { id: first ?? '' } })).code).toBe('OK');
  });

  test('without one every request makes its own', async () => {
    const answers = [1, 2].map(() => owner.send(CreateApiKeyDocument, { input: input() }));
    expect((await Promise.all(answers)).map(({ code }) => code)).toEqual(['OK', 'OK']);
  });

  test('is told to nobody who has been withdrawn', async () => {
    const ada = await tenant.person('Ada', ['rol_event_writer']);
    await create('one', {}, ada.client);
    await tenant.setActive(ada.id, false);
    const answer = await create('one', {}, ada.client);
    expect([answer.code, createdId(answer)]).toEqual(['UNAUTHENTICATED', undefined]);
  });
});

describe('the header', () => {
  const send = (value: string) => under(value).send(ViewerDocument, {});

  test.each([
    ['empty', ''],
    ['of two words', 'one two'],
    ['not of ASCII', 'schl\u00fcssel'],
    ['longer than 255 characters', 'k'.repeat(256)],
  ])('is refused as a whole where it is %s', async (_what, value) => {
    expect(await send(value)).toMatchObject({ status: 400, code: 'BAD_REQUEST', data: undefined });
  });

  test('takes 1 to 255 visible characters, byte for byte', async () => {
    for (const value of ['k', 'k'.repeat(255), '"8e03978e-40d5-43dd-bc93-6894a57f9324"']) expect((await send(value)).code).toBe('OK');
    expect([(await create('Key')).code, (await create('key')).code]).toEqual(['OK', 'OK']);
  });
});

describe('what is kept', () => {
  test('is neither the key nor the input, and no digest of a password that could be guessed (R25)', async () => {
    const password = 'a good long password';
    const person = { organizationId: tenant.organizationId, kind: 'HUMAN' as const, name: 'Ada', email: 'ada@tenant.test' };
    const made = await under('a-secret-of-ours').send(CreateUserDocument, { input: { ...person, password } });
    expect(made.code).toBe('OK');
    const rows = JSON.stringify(await sql(service, 'SELECT * FROM idempotency_keys'));
    for (const text of ['a-secret-of-ours', password, person.email]) expect(rows).not.toContain(text);
    // The same with another password is the same: nothing about it was kept.
    const again = await under('a-secret-of-ours').send(CreateUserDocument, { input: { ...person, password: `${password} too` } });
    expect(again.errors[0]?.message).toContain('already under this Idempotency-Key');
  });

  test('is purged by its age, and nothing younger', async () => {
    await sql(service, 'DELETE FROM idempotency_keys');
    await create('old');
    const until = service.clock.now();
    service.clock.advance(1);
    await create('young');
    const purge = (instant: Date) => purgeIdempotencyKeys(service.app.database, new Date(instant.getTime() + DAY_MS));
    expect(await purge(new Date(until.getTime() - 1))).toBe(0);
    expect(await purge(until)).toBe(1);
    expect((await create('young')).code).toBe('CONFLICT');
    expect((await create('old')).code).toBe('OK');
  });
});
