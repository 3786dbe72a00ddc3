import { isPublicAddress } from '../../src/webhooks/publicAddress.js';
import { CreateWebhookDocument } from '../generated/documents.js';
import { Receiver } from '../support/receiver.js';
import { sql } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestTenant } from '../support/tenant.js';
import { createHook, hookOf, hooksOf, rotate } from '../support/webhooks.js';

/** Addresses by which somebody might hope to reach what is inside. */
const inside = {
  loopback: ['127.0.0.1', '127.8.9.10', '::1'],
  'this host': ['0.0.0.0', '0.1.2.3', '::'],
  private: ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fc00::1', 'fd00:ec2::254'],
  'link-local, and the metadata of clouds': ['169.254.169.254', '169.254.0.1', 'fe80::1', '168.63.129.16', '100.100.100.200'],
  'shared by carriers': ['100.64.0.1', '100.127.255.255'],
  'another inside': [
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::a00:1',
    '2002:7f00:1::',
    '2001::1',
  ],
  'old or reserved': [
    'fec0::1',
    '192.0.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '203.0.113.9',
    '240.0.0.1',
    '255.255.255.255',
    '2001:db8::1',
    '100::1',
  ],
  multicast: ['224.0.0.1', 'ff02::1'],
};
const everyInside = Object.values(inside).flat();
const inUrl = (address: string): string => (address.includes(':') ? `[${address}]` : address);

let service: Service;
let receiver: Receiver;
let tenant: TestTenant;
/** What the name servers say, for each name. */
let names: Record<string, readonly string[] | undefined> = {};
const asked: string[] = [];

beforeAll(async () => {
  receiver = await Receiver.start();
  const resolve = (hostname: string) => {
    asked.push(hostname);
    return Promise.resolve(names[hostname] ?? []);
  };
  service = await startService(undefined, { webhooks: { timeoutMs: 1_000, resolve } });
});
beforeEach(async () => {
  [names, asked.length] = [{}, 0];
  receiver.reset();
  tenant = await foundTenant(service);
  await rotate(tenant);
});
afterAll(async () => {
  await service.stop();
  await receiver.stop();
});

const create = (url: string) =>
  tenant.owner.client.send(CreateWebhookDocument, { input: { organizationId: tenant.organizationId, url, events: ['API_KEY_CREATED'] } });

describe('an address of the inside', () => {
  test.each(Object.entries(inside))('is not public: %s', (_what, addresses) => {
    expect(addresses.filter(isPublicAddress)).toEqual([]);
  });

  test('and one of the internet is', () => {
    const outside = ['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '169.253.1.1', '2606:4700:4700::1111', '2a00:1450:4001::1'];
    expect(outside.filter(isPublicAddress)).toEqual(outside);
    expect(['', 'localhost', '8.8.8.8.8', '1', '08.8.8.8', 'fe80::1%eth0'].filter(isPublicAddress)).toEqual([]);
  });

  test('is refused in a URL, however it is written', async () => {
    const spelt = [
      '2130706433',
      '0x7f.1',
      '0177.0.0.1',
      '127.1',
      '127.0.0.1.',
      '%31%32%37.0.0.1',
      '①②⑦.⓪.⓪.①',
      'localhost',
      'LOCALHOST.',
      'api.localhost',
    ];
    for (const host of [...everyInside.map(inUrl), ...spelt]) {
      const answer = await create(`https://${host}/hook`);
      expect([host, answer.code, answer.field]).toEqual([host, 'BAD_USER_INPUT', 'input.url']);
    }
    expect(await sql(service, 'SELECT id FROM webhooks WHERE organization_id = ?', [tenant.organizationId])).toEqual([]);
  });

  test('is not called where a row of the database leads to it all the same', async () => {
    const hook = await createHook(tenant, 'https://hooks.tenant.test/hook');
    for (const url of [
      `https://127.0.0.1:${receiver.port}/`,
      `http://127.0.0.1:${receiver.port}/`,
      `http://hooks.tenant.test:${receiver.port}/`,
    ]) {
      names = { 'hooks.tenant.test': ['127.0.0.1'] };
      await sql(service, 'UPDATE webhooks SET url = ? WHERE id = ?', [url, hook]);
      await tenant.key();
      await service.app.webhooks.flush();
      expect((await hookOf(tenant, hook))?.lastFailure).toContain('the host leads to no public address');
    }
    expect(receiver.received).toEqual([]);
  });

  test.each(everyInside)('%s: a name that leads to it is not called, nor one that leads to it beside a public one', async (address) => {
    names = { 'alone.tenant.test': [address], 'after.tenant.test': ['8.8.8.8', address], 'before.tenant.test': [address, '8.8.8.8'] };
    for (const name of Object.keys(names)) await createHook(tenant, `https://${name}:${receiver.port}/hook`);
    await tenant.key();
    await service.app.webhooks.flush();
    const hooks = await hooksOf(tenant);
    expect(asked.sort()).toEqual(Object.keys(names).sort());
    expect(hooks).toHaveLength(3);
    for (const { lastFailure } of hooks) {
      expect(lastFailure).toMatch(/try 1 of 10: the host leads to no public address\.$/);
      expect(lastFailure).not.toContain(address);
    }
    expect(receiver.received).toEqual([]);
  });

  test('is found at each try: a name that was public before is asked for anew (DNS rebinding)', async () => {
    const hook = await createHook(tenant, `https://hooks.tenant.test:${receiver.port}/hook`);
    // TEST-NET is no public address either; what is public here is simply not there.
    names = { 'hooks.tenant.test': ['2606:4700:ffff:ffff::dead'] };
    await tenant.key();
    await service.app.webhooks.flush();
    const first = (await hookOf(tenant, hook))!.lastFailure;
    expect(first).toMatch(/could not be reached|did not answer in time/);
    names = { 'hooks.tenant.test': ['127.0.0.1'] };
    service.clock.advance(6_000);
    await service.app.webhooks.flush();
    expect((await hookOf(tenant, hook))!.lastFailure).toMatch(/try 2 of 10: the host leads to no public address/);
    expect(asked.filter((name) => name === 'hooks.tenant.test').length).toBeGreaterThanOrEqual(2);
    expect(receiver.received).toEqual([]);
  });

  test('and a name that leads nowhere are told in the same words', async () => {
    const hooks = [await createHook(tenant, 'https://nowhere.tenant.test/'), await createHook(tenant, 'https://inside.tenant.test/')];
    names = { 'inside.tenant.test': ['10.0.0.1'] };
    await tenant.key();
    await service.app.webhooks.flush();
    const [nowhere, within] = [(await hookOf(tenant, hooks[0]!))?.lastFailure, (await hookOf(tenant, hooks[1]!))?.lastFailure];
    expect(nowhere).toContain('the host leads to no public address');
    expect(nowhere?.replace(/^\S+ /, '')).toBe(within?.replace(/^\S+ /, ''));
  });

  test('no proxy of the environment is used', async () => {
    // The one reader of settings is the service: what is set here must not reach it.
    const proxied = { HTTPS_PROXY: receiver.url, https_proxy: receiver.url, NODE_USE_ENV_PROXY: '1' };
    const before = { ...process.env };
    Object.assign(process.env, proxied);
    const hook = await createHook(tenant, 'https://hooks.tenant.test/');
    names = { 'hooks.tenant.test': ['10.0.0.1'] };
    await tenant.key();
    await service.app.webhooks.flush();
    process.env = before;
    expect((await hookOf(tenant, hook))?.lastFailure).toContain('no public address');
    expect(receiver.received).toEqual([]);
  });
});
