import { SigningKeyRows } from '../../src/sessions/SigningKeyRow.js';
import { rotateSigningKeys, type Sessions } from '../../src/sessions/index.js';
import { SigningKeys } from '../../src/sessions/signingKeys.js';
import { PASSWORD, SessionWorld } from './sessionWorld.js';

const ADDRESS = 'ann@example.test';
const DAY = 86_400;
const HOUR = 3_600;

let world: SessionWorld;

beforeEach(async () => {
  world = await SessionWorld.open();
  await world.user(await world.organization(), ADDRESS);
});
afterEach(() => world.close());

const signIn = async (sessions: Sessions = world.sessions): Promise<string> =>
  (await sessions.signIn({ email: ADDRESS, password: PASSWORD }, world.requestId)).accessToken;
const kidOf = (token: string): string =>
  (JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }).kid;
const rotate = (database = world.database): Promise<void> => rotateSigningKeys(database, world.encryptionKey, world.now, 30 * DAY * 1_000);
/** The keys that are stored, the oldest first; what is published is read from them. */
const stored = async (): Promise<string[]> => {
  const rows = await world.database.reader.find(SigningKeyRows);
  return rows.sort((one, two) => Number(one.id) - Number(two.id)).map(({ publicJwk }) => publicJwk.kid);
};
/** The ids of the published keys, once they have been read anew. */
async function published(sessions: Sessions, count: number): Promise<string[]> {
  for (;;) {
    const { keys } = await sessions.jwks();
    if (keys.length === count) return keys.map((key) => (key as { kid: string }).kid);
  }
}

describe('the signing key', () => {
  it('is replaced after its time, by one that is published an hour before it signs', async () => {
    const first = kidOf(await signIn());
    world.later(30 * DAY - 1);
    await rotate();
    expect(await stored()).toEqual([first]);
    world.later(1);
    await rotate();
    const [, second] = await stored();
    expect((await published(world.sessions, 2)).sort()).toEqual([first, second].sort());
    expect(kidOf(await signIn())).toBe(first);
    world.later(HOUR - 1);
    expect(kidOf(await signIn())).toBe(first);
    world.later(1);
    expect(kidOf(await signIn())).toBe(second);
  });

  it('is published until the last token that it signed has expired, and then taken away', async () => {
    const first = kidOf(await signIn());
    world.later(30 * DAY);
    await rotate();
    const [, second] = await stored();
    world.later(HOUR - 1);
    const last = await signIn();
    expect(kidOf(last)).toBe(first);
    world.later(1);
    expect(kidOf(await signIn())).toBe(second);
    await rotate();
    world.later(598);
    await rotate();
    expect(await world.sessions.authenticate(last)).not.toBeNull();
    expect(await stored()).toEqual([first, second]);
    world.later(600 + HOUR);
    await rotate();
    expect(await stored()).toEqual([second]);
    expect(await published(world.sessions, 1)).toEqual([second]);
    expect(await world.sessions.authenticate(last)).toBeNull();
    expect(kidOf(await signIn())).toBe(second);
  });

  it('is followed by exactly one, however many replicas rotate at once', async () => {
    const replicas = [world.database, await world.replica(), await world.replica()];
    for (let round = 2; round <= 4; round += 1) {
      world.later(30 * DAY);
      await Promise.all(replicas.map((database) => rotate(database)));
      const rows = await world.database.reader.find(SigningKeyRows);
      expect(Math.max(...rows.map(({ id }) => Number(id)))).toBe(round);
    }
  });

  it('is the same on every replica in time: each looks for newer keys before it signs, and knows at once what another has signed', async () => {
    const other = await world.createSessions({ database: await world.replica() });
    await signIn(other);
    world.later(30 * DAY);
    await rotate();
    const [first, second] = await stored();
    world.later(HOUR);
    const signed = await signIn(other);
    expect([kidOf(signed), first === second]).toEqual([second, false]);
    const seen = async () => (await world.sessions.authenticate(signed)) !== null;
    // What was asked about within the second is not asked again.
    while (!(await seen()));
  });

  it('signs on while the database is away, and not beyond the hour in which a newer one might begin to', async () => {
    const keys = await SigningKeys.open(world.database, world.clock, world.encryptionKey);
    const { kid } = await keys.signer();
    const read = jest.spyOn(world.database.reader, 'find').mockRejectedValue(new Error('the database is away'));
    world.later(HOUR - 1);
    expect((await keys.signer()).kid).toBe(kid);
    world.later(1);
    await expect(keys.signer()).rejects.toThrow('the database is away');
    expect(read).toHaveBeenCalledTimes(2);
    jest.restoreAllMocks();
    expect((await keys.signer()).kid).toBe(kid);
  });
});
