import { SignOutDocument } from '../generated/documents.js';
import type { Answer } from '../support/client.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestTenant } from '../support/tenant.js';

let service: Service;
let tenant: TestTenant;

beforeAll(async () => {
  service = await startService();
});
beforeEach(async () => {
  tenant = await foundTenant(service);
});
afterAll(() => service.stop());

const large = { padding: 'x'.repeat(300 * 1024) };
const send = (client: TestTenant['owner']['client']): Promise<Answer<unknown>> => client.send('{ viewer { environment } }', large);
const shape = { data: undefined, errors: [{ extensions: { requestId: expect.any(String) } }] };

describe('a body larger than most may be', () => {
  test('is told to whoever is no longer signed in as that, so that they sign in again', async () => {
    const { client } = tenant.owner;
    await client.ask(SignOutDocument, {});
    const answer = await send(client);
    expect(answer).toMatchObject({ ...shape, status: 401, code: 'UNAUTHENTICATED' });
    expect(answer.headers.get('www-authenticate')).toContain('invalid_token');
  });

  test('is to be sent again where the database cannot say who sends it', async () => {
    const away = jest.spyOn(service.app.database, 'reader', 'get').mockImplementation(() => {
      throw Object.assign(new Error('no'), { code: 'ECONNREFUSED' });
    });
    const answer = await send(tenant.owner.client);
    away.mockRestore();
    expect(answer).toMatchObject({ ...shape, status: 503, code: 'UNAVAILABLE' });
    expect(answer.headers.get('retry-after')).toBe('1');
  });

  test('is too large from a key, and from nobody', async () => {
    for (const client of [service.anonymous, (await tenant.key()).client]) {
      expect(await send(client)).toMatchObject({ ...shape, status: 413, code: 'BAD_REQUEST' });
    }
  });
});
