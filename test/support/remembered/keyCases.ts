import { ASKED, type Cases, editKey, issued, later, run, world } from './world.js';

/** What is done to keys, and what the clock does. */
export const keyCases: Cases = {
  'a key is revoked, and reactivated': [
    'apiKey.revoke',
    async () => {
      const key = await world.tenant.key();
      return {
        key,
        change: () => run('revokeApiKey', { id: key.id }, 'apiKey { id }'),
        then: 'INACTIVE',
        back: () => run('reactivateApiKey', { id: key.id }, 'apiKey { id }'),
      };
    },
  ],
  'a revoked key is reactivated': [
    'apiKey.reactivate',
    async () => {
      const key = await world.tenant.key();
      await run('revokeApiKey', { id: key.id }, 'apiKey { id }');
      return { key, before: 'INACTIVE', change: () => run('reactivateApiKey', { id: key.id }, 'apiKey { id }'), then: 'VALID' };
    },
  ],
  'a key is deleted': [
    'apiKey.delete',
    async () => {
      const key = await world.tenant.key();
      return { key, change: () => run('deleteApiKey', { id: key.id }, 'deletedApiKeyId'), then: 'NOT_FOUND' };
    },
  ],
  'the key that made a key is revoked, and reactivated': [
    'apiKey.revoke',
    async () => {
      const parent = await world.tenant.key({ permissions: ['apiKey:create', ASKED] });
      return {
        key: await world.tenant.key({ by: parent.client, permissions: [ASKED] }),
        change: () => run('revokeApiKey', { id: parent.id }, 'apiKey { id }'),
        then: 'INACTIVE',
        back: () => run('reactivateApiKey', { id: parent.id }, 'apiKey { id }'),
      };
    },
  ],
  'a key gets another secret at once': [
    'apiKey.regenerate',
    async () => {
      const key = await world.tenant.key();
      return { key, change: () => run('regenerateApiKey', { id: key.id }, 'key'), then: 'NOT_FOUND' };
    },
  ],
  'a key gets another secret, and the grace of the old one is over by the clock': [
    'apiKey.regenerate',
    async () => {
      const key = await world.tenant.key();
      await run('regenerateApiKey', { id: key.id, graceSeconds: 60 }, 'key');
      return { key, change: () => later(60_000), then: 'NOT_FOUND' };
    },
  ],
  'whoever issued the secret before is deactivated in its grace': [
    'user.deactivate',
    async () => {
      const { issuer, key } = await issued();
      await run('regenerateApiKey', { id: key.id, graceSeconds: 3_600 }, 'key');
      return {
        key,
        change: () => world.tenant.setActive(issuer.id, false),
        then: 'HOLDER_LOST_ACCESS',
        back: () => world.tenant.setActive(issuer.id, true),
      };
    },
  ],
  'a key expires by the clock': [
    'apiKey.create',
    async () => {
      const key = await world.tenant.key({ expiresAt: new Date(world.service.clock.now().getTime() + 60_000) });
      return { key, change: () => later(60_000), then: 'EXPIRED' };
    },
  ],
  'a key is given fewer permissions, and more again': [
    'apiKey.update',
    async () => {
      const key = await world.tenant.key({ permissions: [ASKED, 'event:submit'] });
      return {
        key,
        question: { permissions: [ASKED] },
        change: () => editKey(key.id, { permissions: ['event:submit'] }),
        then: 'INSUFFICIENT_PERMISSIONS',
        back: () => editKey(key.id, { permissions: [ASKED, 'event:submit'] }),
      };
    },
  ],
  'a key is restricted to other resources, and to none again': [
    'apiKey.update',
    async () => {
      const key = await world.tenant.key();
      return {
        key,
        question: { resource: { type: 'customer', id: 'c_1' } },
        change: () => editKey(key.id, { restrictions: [{ type: 'customer', ids: ['c_2'] }] }),
        then: 'RESOURCE_NOT_ALLOWED',
        back: () => editKey(key.id, { restrictions: null }),
      };
    },
  ],
  'a key is tied to other networks, and to none again': [
    'apiKey.update',
    async () => {
      const key = await world.tenant.key();
      return {
        key,
        question: { clientIp: '192.0.2.1' },
        change: () => editKey(key.id, { allowedCidrs: ['198.51.100.0/24'] }),
        then: 'IP_NOT_ALLOWED',
        back: () => editKey(key.id, { allowedCidrs: null }),
      };
    },
  ],
  'a key is given a rate limit that is used up, and none again': [
    'apiKey.update',
    async () => {
      const key = await world.tenant.key({ rateLimit: { limit: 100, windowSeconds: 3_600 } });
      return {
        key,
        change: () => editKey(key.id, { rateLimit: { limit: 1, windowSeconds: 3_600 } }),
        then: 'RATE_LIMITED',
        back: () => editKey(key.id, { rateLimit: null }),
      };
    },
  ],
};
