import { RevokeApiKeyDocument, VerifyApiKeysDocument } from '../generated/documents.js';
import { inBatches } from './inBatches.js';
import { sql, until } from './rows.js';
import type { Service } from './service.js';
import { type TestKey, type TestTenant, verify } from './tenant.js';

const KEYS = 50;

/**
 * Uses each of 50 keys before, while and after it is revoked, while the uses of all of them are written; each of them must
 * be revoked for good. How many of them are told to have been used.
 */
export async function raceUsesAgainstRevocations(service: Service, tenant: TestTenant, gateway: TestKey): Promise<number> {
  const { client } = tenant.owner;
  const keys = await inBatches(Array.from({ length: KEYS }), () => tenant.key());
  await Promise.all(
    keys.map(async (key, index) => {
      const used = verify(gateway, key);
      if (index % 2 === 0) await used;
      await Promise.all([client.ask(RevokeApiKeyDocument, { input: { id: key.id } }), verify(gateway, key), used]);
      expect(await verify(gateway, key)).toMatchObject({ code: 'INACTIVE' });
    }),
  );
  const ids = keys.map(({ id }) => id);
  const these = `IN (${ids.map(() => '?').join(', ')})`;
  await until(async () => {
    const counts = await sql<{ uses: number }>(
      service,
      `SELECT verified + denied AS uses FROM usage_hours WHERE api_key_id ${these} AND verified + denied = 3`,
      ids,
    );
    return counts.length === KEYS ? counts : undefined;
  });
  const rows = await sql<{ revoked: unknown; used: unknown }>(
    service,
    `SELECT revoked_at AS revoked, last_used_at AS used FROM api_keys WHERE id ${these}`,
    ids,
  );
  expect(rows.filter(({ revoked }) => revoked !== null)).toHaveLength(KEYS);
  const { verifyApiKeys } = await gateway.client.ask(VerifyApiKeysDocument, { inputs: keys.map(({ key }) => ({ key })) });
  expect(new Set(verifyApiKeys.map(({ code }) => code))).toEqual(new Set(['INACTIVE']));
  return rows.filter(({ used }) => used !== null).length;
}
