import { AuditEventRows } from '../../src/audit/AuditEventRow.js';
import { TenantRows } from '../../src/access/TenantRow.js';
import {
  ApiKeyDocument,
  DeleteApiKeyDocument,
  ReactivateApiKeyDocument,
  RegenerateApiKeyDocument,
  RevokeApiKeyDocument,
  UpdateApiKeyDocument,
  VerifyApiKeyDocument,
  ViewerDocument,
} from '../generated/documents.js';
import { brokenLinks } from './auditChain.js';
import type { Client } from './client.js';
import { type Service, startService } from './service.js';
import { foundTenant, type TestKey, type TestTenant, verify } from './tenant.js';
import type { DatabaseKind } from './testDatabase.js';

/** Acts on one key that meet over HTTP, so many times each: they have one order, and what was ended stays ended. */
export function keyRaces(count: number, kind?: DatabaseKind): void {
  let service: Service;
  let tenant: TestTenant;
  let owner: Client;
  let gateway: TestKey;

  beforeAll(async () => {
    service = await startService(kind);
  });
  beforeEach(async () => {
    tenant = await foundTenant(service);
    owner = tenant.owner.client;
    gateway = await tenant.gateway();
  });
  // Whatever has met, the tenant's trail tells all of it in one order.
  afterEach(async () => {
    const { organizationId } = tenant;
    const rows = service.app.database.reader;
    const events = await rows.findBy(AuditEventRows, { organizationId });
    expect(brokenLinks(events, await rows.findOneByOrFail(TenantRows, { organizationId }))).toEqual([]);
  });
  afterAll(() => service.stop());

  const regenerate = (id: string, more: object = {}) => owner.send(RegenerateApiKeyDocument, { input: { id, ...more } });
  const revoke = (id: string, more: object = {}) => owner.send(RevokeApiKeyDocument, { input: { id, ...more } });
  const reactivate = (id: string) => owner.send(ReactivateApiKeyDocument, { input: { id } });
  const remove = (id: string) => owner.send(DeleteApiKeyDocument, { input: { id } });
  const rename = (id: string, name: string) => owner.send(UpdateApiKeyDocument, { input: { id, name } });
  const code = async (key: string): Promise<string> => (await verify(gateway, { key })).code;
  const show = async (id: string) => (await owner.ask(ApiKeyDocument, { id })).apiKey;

  /** Sends both at once, each first in half of the rounds. */
  async function meet<A, B>(round: number, left: () => Promise<A>, right: () => Promise<B>): Promise<[A, B]> {
    if (round % 2 === 0) return Promise.all([left(), right()]);
    const [second, first] = await Promise.all([right(), left()]);
    return [first, second];
  }

  async function rounds(work: (key: TestKey, round: number) => Promise<void>): Promise<void> {
    for (let round = 0; round < count; round += 1) await work(await tenant.key({ name: `Key ${round}` }), round);
  }

  /** What the trail tells of a key's regenerations, in the order of the chain. */
  async function toldGenerations(id: string): Promise<unknown[]> {
    const events = await service.app.database.reader.find(AuditEventRows, {
      where: { targetId: id, action: 'apiKey.regenerate' },
      order: { sequence: 'ASC' },
    });
    return events.map(({ changes }) => (changes as { after: { generation: number } }).after.generation);
  }

  test('two regenerations at once: each returned secret works, or was replaced by the later one (S2.11, C5)', async () => {
    await rounds(async (key, round) => {
      const answers = await meet(
        round,
        () => regenerate(key.id),
        () => regenerate(key.id),
      );
      const made = answers
        .map(({ data }) => data?.regenerateApiKey)
        .sort((a, b) => (a?.apiKey.generation ?? 0) - (b?.apiKey.generation ?? 0));
      expect(made.map((each) => each?.apiKey.generation)).toEqual([2, 3]);
      const [earlier, later] = made;
      expect(await Promise.all([key.key, earlier?.key ?? '', later?.key ?? ''].map(code))).toEqual(['NOT_FOUND', 'NOT_FOUND', 'VALID']);
      expect(await toldGenerations(key.id)).toEqual([2, 3]);
    });
  });

  test('two regenerations at once with a grace: two secrets live, the later one and the one that it replaced (C5)', async () => {
    await rounds(async (key, round) => {
      const more = { graceSeconds: 60 };
      const answers = await meet(
        round,
        () => regenerate(key.id, more),
        () => regenerate(key.id, more),
      );
      const made = answers.map(({ data }) => data?.regenerateApiKey.key ?? '');
      expect(await Promise.all([key.key, ...made].map(code))).toEqual(['NOT_FOUND', 'VALID', 'VALID']);
    });
  });

  test('of regenerations that expect the same generation exactly one is done', async () => {
    await rounds(async (key) => {
      const expected = { expectedGeneration: 1 };
      const answers = await Promise.all([1, 2, 3].map(() => regenerate(key.id, expected)));
      expect(answers.map((answer) => answer.code).sort()).toEqual(['CONFLICT', 'CONFLICT', 'OK']);
      const [won] = answers.flatMap(({ data }) => (data ? [data.regenerateApiKey.key] : []));
      expect(await Promise.all([key.key, won ?? ''].map(code))).toEqual(['NOT_FOUND', 'VALID']);
      expect((await show(key.id))?.generation).toBe(2);
    });
  });

  test('a regeneration beside a revocation revives nothing, and no grace outlives it, also after a reactivation (C2, C5)', async () => {
    await rounds(async (key, round) => {
      const [regenerated, revoked] = await meet(
        round,
        () => regenerate(key.id, { graceSeconds: 3_600 }),
        () => revoke(key.id),
      );
      expect([regenerated.code, revoked.code]).toEqual(['OK', 'OK']);
      const next = regenerated.data?.regenerateApiKey.key ?? '';
      expect(await Promise.all([key.key, next].map(code))).toEqual(['NOT_FOUND', 'INACTIVE']);
      await reactivate(key.id);
      expect(await Promise.all([key.key, next].map(code))).toEqual(['NOT_FOUND', 'VALID']);
    });
  });

  test('a regeneration beside a permanent revocation or a deletion: no secret of the key works any more (C2, S0.15)', async () => {
    await rounds(async (key, round) => {
      const ending: () => Promise<{ code: string }> = round % 4 < 2 ? () => revoke(key.id, { permanent: true }) : () => remove(key.id);
      const [regenerated, ended] = await meet(round, () => regenerate(key.id, { graceSeconds: 60 }), ending);
      expect(ended.code).toBe('OK');
      expect(['OK', round % 4 < 2 ? 'CONFLICT' : 'NOT_FOUND']).toContain(regenerated.code);
      const secrets = [key.key, ...(regenerated.data ? [regenerated.data.regenerateApiKey.key] : [])];
      for (const found of await Promise.all(secrets.map(code))) expect(['INACTIVE', 'NOT_FOUND']).toContain(found);
      expect((await reactivate(key.id)).code).not.toBe('OK');
    });
  });

  test('a revocation during verifications: what was asked after it was answered is refused, at verification and at the doors (S2.8, R19, R23)', async () => {
    await rounds(async (key, round) => {
      const asking = () =>
        Promise.all(
          [1, 2, 3].map(() => gateway.client.ask(VerifyApiKeyDocument, { input: { key: key.key } }).then((it) => it.verifyApiKey.code)),
        );
      const knocking = () => Promise.all([1, 2].map(() => key.client.send(ViewerDocument, {})));
      const [[codes], revoked] = await meet(
        round,
        () => Promise.all([asking(), knocking()]),
        () => revoke(key.id),
      );
      expect(revoked.code).toBe('OK');
      for (const each of codes) expect(['VALID', 'INACTIVE']).toContain(each);
      expect(await code(key.key)).toBe('INACTIVE');
      expect((await key.client.send(ViewerDocument, {})).status).toBe(401);
      expect(await show(key.id)).toMatchObject({ status: 'INACTIVE' });
    });
  });

  test('a deletion during an edit or a reactivation: the key is gone, whichever came first (S0.14, C2, R21, R22)', async () => {
    await rounds(async (key, round) => {
      const bringingBack = round % 4 < 2;
      if (bringingBack) await revoke(key.id);
      const change: () => Promise<{ code: string }> = bringingBack ? () => reactivate(key.id) : () => rename(key.id, 'Again');
      const [changed, deleted] = await meet(round, change, () => remove(key.id));
      expect(deleted.code).toBe('OK');
      expect(['OK', 'NOT_FOUND']).toContain(changed.code);
      expect([await code(key.key), await show(key.id)]).toEqual(['NOT_FOUND', null]);
    });
  });

  test('of deletions that meet exactly one is done (R21)', async () => {
    await rounds(async (key) => {
      const answers = await Promise.all([1, 2, 3].map(() => remove(key.id)));
      expect(answers.map((answer) => answer.code).sort()).toEqual(['NOT_FOUND', 'NOT_FOUND', 'OK']);
    });
  });

  test('a reactivation beside a permanent revocation: the key stays revoked for good (C2)', async () => {
    await rounds(async (key, round) => {
      await revoke(key.id);
      const [reactivated, revoked] = await meet(
        round,
        () => reactivate(key.id),
        () => revoke(key.id, { permanent: true }),
      );
      expect(revoked.code).toBe('OK');
      expect(['OK', 'CONFLICT']).toContain(reactivated.code);
      expect(await code(key.key)).toBe('INACTIVE');
      expect((await show(key.id))?.revocation).toMatchObject({ permanent: true });
      expect((await reactivate(key.id)).code).toBe('CONFLICT');
    });
  });

  test('a key that is revoked while its user is deactivated and comes back stays revoked (R20)', async () => {
    const ada = await tenant.person('Ada', ['rol_event_writer']);
    for (let round = 0; round < count; round += 1) {
      const key = await tenant.key({ by: ada.client });
      const leaving = async (): Promise<void> => {
        await tenant.setActive(ada.id, false);
        await tenant.setActive(ada.id, true);
      };
      await meet(round, leaving, () => revoke(key.id));
      expect(await code(key.key)).toBe('INACTIVE');
    }
  });
}
