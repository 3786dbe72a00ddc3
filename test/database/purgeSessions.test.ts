import { RefreshSessionDocument, SignInDocument, SignOutDocument } from '../generated/documents.js';
import { sql } from '../support/rows.js';
import { OWNER, type Service, startService } from '../support/service.js';

const DAY_MS = 86_400_000;
let service: Service;

beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const signIn = async () => (await service.anonymous.ask(SignInDocument, { input: OWNER })).signIn;
const refresh = (refreshToken: string) => service.anonymous.send(RefreshSessionDocument, { input: { refreshToken } });
const counts = async (): Promise<[sessions: number, tokens: number]> => {
  const [row] = await sql<{ sessions: unknown; tokens: unknown }>(
    service,
    'SELECT (SELECT COUNT(*) FROM sessions) AS sessions, (SELECT COUNT(*) FROM refresh_tokens) AS tokens',
  );
  return [Number(row?.sessions), Number(row?.tokens)];
};

test('what has been over for a week is deleted, within the hour; what lives, and what ended lately, stays', async () => {
  const [ended, living] = [await signIn(), await signIn()];
  await service.anonymous.as(ended.accessToken).ask(SignOutDocument, {});
  const second = (await refresh(living.refreshToken)).data!.refreshSession;
  await service.app.jobs.look();
  expect(await counts()).toEqual([2, 3]);
  service.clock.advance(7 * DAY_MS);
  await service.app.jobs.look();
  expect(await counts()).toEqual([2, 3]);
  service.clock.advance(1 + 3_600_000);
  await service.app.jobs.look();
  expect(await counts()).toEqual([1, 1]);
  expect((await refresh(second.refreshToken)).code).toBe('OK');
  service.clock.advance(31 * DAY_MS + 7 * DAY_MS);
  await service.app.jobs.look();
  expect(await counts()).toEqual([0, 0]);
});
