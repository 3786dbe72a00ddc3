import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestTenant } from '../support/tenant.js';

let service: Service;
let tenant: TestTenant;

beforeAll(async () => {
  service = await startService();
  tenant = await foundTenant(service);
});
afterAll(() => service.stop());

const verification = `mutation ($input: VerifyApiKeyInput!) {
  verifyApiKey(input: $input) { valid code httpStatus missingPermissions effectivePermissions apiKeyId namespaceId userId environment }
}`;
interface Verified {
  readonly verifyApiKey: { readonly valid: boolean; readonly code: string; readonly httpStatus: number };
}

test('the main job: a key is issued, verified by another service, revoked, and refused from then on (S0.15, S3.10)', async () => {
  const application = await tenant.application('Shop');
  const workspace = await tenant.workspace(application, 'Orders');
  const gateway = await tenant.key({ permissions: ['apiKey:verify'], name: 'Gateway' });
  const person = await tenant.person('Ada', ['rol_service_author', workspace]);
  const key = await tenant.key({ by: person.client, namespaceId: workspace, name: 'Script' });

  const ask = (): Promise<Verified> => gateway.client.ask(verification, { input: { key: key.key, permissions: ['service:manage'] } });
  expect((await ask()).verifyApiKey).toMatchObject({
    valid: true,
    code: 'VALID',
    httpStatus: 200,
    apiKeyId: key.id,
    namespaceId: workspace,
    userId: person.id,
  });

  await person.client.ask('mutation ($id: ID!) { revokeApiKey(input: { id: $id }) { apiKey { status } } }', { id: key.id });
  expect((await ask()).verifyApiKey).toMatchObject({ valid: false, code: 'INACTIVE', httpStatus: 401 });
});
