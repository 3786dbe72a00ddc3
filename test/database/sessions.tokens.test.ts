import { createPrivateKey, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { newId } from '../../src/domain/index.js';
import type { SignedIn } from '../../src/sessions/index.js';
import { seal, unseal } from '../../src/sealing/seal.js';
import { SigningKeyRows } from '../../src/sessions/SigningKeyRow.js';
import { ISSUER, PASSWORD, SessionWorld } from './sessionWorld.js';

const ADDRESS = 'ann@example.test';

let world: SessionWorld;
let ann: string;

beforeAll(async () => {
  world = await SessionWorld.open();
  ann = await world.user(await world.organization(), ADDRESS);
});
afterAll(() => world.close());

const signIn = (): Promise<SignedIn> => world.signIn(ADDRESS);

/** The private key as it lies in the database, opened. */
async function storedKey(): Promise<{ kid: string; sealed: Buffer; privateKey: KeyObject }> {
  const [row] = await world.database.reader.find(SigningKeyRows);
  if (!row) throw new Error('there is no signing key');
  const { kid } = row.publicJwk;
  const opened = unseal(row.privateKey, createSecretKey(world.encryptionKey), kid);
  if (!opened) throw new Error('the signing key does not open');
  return { kid, sealed: row.privateKey, privateKey: createPrivateKey({ key: opened, format: 'der', type: 'pkcs8' }) };
}

describe('access tokens', () => {
  it('expire after ten minutes, to the second', async () => {
    const { accessToken, expiresAt } = await signIn();
    world.now = new Date(expiresAt.getTime() - 1);
    expect(await world.sessions.authenticate(accessToken)).not.toBeNull();
    world.now = expiresAt;
    expect(await world.sessions.authenticate(accessToken)).toBeNull();
  });

  it('are refused where anything but our own signature on our own claims is presented', async () => {
    const { SignJWT, UnsecuredJWT, decodeJwt } = await import('jose');
    const signedIn = await signIn();
    const { kid, privateKey } = await storedKey();
    const claims = decodeJwt(signedIn.accessToken);
    const made = (said: object, head: object = {}, key: KeyObject = privateKey) =>
      new SignJWT({ ...claims, ...said }).setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid, ...head }).sign(key);
    expect(await world.sessions.authenticate(await made({}))).toEqual(await world.principalOf(signedIn));
    const strangersOrganization = await world.organization();
    const stranger = await world.user(strangersOrganization, 'stranger@example.test');
    const forged = [
      '',
      'garbage',
      'a.b.c',
      '.'.repeat(3_000),
      `${signedIn.accessToken}x`,
      new UnsecuredJWT(claims).encode(),
      await made({}, { alg: 'HS256' }, createSecretKey(Buffer.from(kid))),
      await made({}, { typ: 'JWT' }),
      await made({}, { kid: 'unknown' }),
      await made({ iss: 'https://elsewhere.test' }),
      await made({ exp: undefined }),
      await made({ sid: newId('ses') }),
      await made({ sid: 'ses_' }),
      await made({ sub: stranger }),
      await made({ org: strangersOrganization }),
      await made({ sub: 7 }),
    ];
    for (const token of forged) expect(await world.sessions.authenticate(token)).toBeNull();
  });

  it('of another issuer on the same database are refused', async () => {
    const elsewhere = await world.createSessions({ issuer: 'https://elsewhere.test' });
    const { accessToken } = await elsewhere.signIn({ email: ADDRESS, password: PASSWORD }, world.requestId);
    expect(await elsewhere.authenticate(accessToken)).not.toBeNull();
    expect(await world.sessions.authenticate(accessToken)).toBeNull();
  });

  it('fail with the database instead of being refused', async () => {
    const { accessToken } = await signIn();
    jest.spyOn(world.database, 'reader', 'get').mockImplementation(() => {
      throw new Error('the database is away');
    });
    await expect(world.sessions.authenticate(accessToken)).rejects.toThrow('the database is away');
    expect(await world.sessions.authenticate('garbage')).toBeNull();
    jest.restoreAllMocks();
  });
});

describe('signing keys', () => {
  it('are published without their private halves and verify what other services check offline', async () => {
    const { createLocalJWKSet, jwtVerify } = await import('jose');
    const jwks = (await world.sessions.jwks()) as { keys: { kty: string }[] };
    expect(jwks.keys).toEqual([
      { kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', x: expect.any(String), kid: (await storedKey()).kid },
    ]);
    const { accessToken } = await signIn();
    const { payload } = await jwtVerify(accessToken, createLocalJWKSet(jwks), { issuer: ISSUER, typ: 'at+jwt', currentDate: world.now });
    expect(payload.sub).toBe(ann);
  });

  it('are stored encrypted, each sealed for its own id', async () => {
    const { kid, sealed, privateKey } = await storedKey();
    const plain = privateKey.export({ format: 'der', type: 'pkcs8' });
    expect(sealed.length).toBe(12 + plain.length + 16);
    expect(sealed.includes(plain.subarray(-32))).toBe(false);
    const key = createSecretKey(world.encryptionKey);
    expect(unseal(sealed, key, `${kid}x`)).toBeNull();
    expect(unseal(sealed.subarray(0, 20), key, kid)).toBeNull();
    expect(unseal(seal(plain, key, kid), createSecretKey(randomBytes(32)), kid)).toBeNull();
    expect(seal(plain, key, kid).equals(seal(plain, key, kid))).toBe(false);
  });

  it('stop the start under another ENCRYPTION_KEY, or one of another length', async () => {
    const message = 'ENCRYPTION_KEY does not fit this database';
    await expect(world.createSessions({ encryptionKey: randomBytes(32) })).rejects.toThrow(message);
    await expect(world.createSessions({ encryptionKey: randomBytes(16) })).rejects.toThrow('ENCRYPTION_KEY must be 32 bytes');
  });

  it('are one and the same for replicas that start at once', async () => {
    const empty = await SessionWorld.open();
    try {
      for (let round = 0; round < 5; round += 1) {
        await empty.sql('DELETE FROM signing_keys');
        const databases = [empty.database, await empty.replica(), empty.database, await empty.replica()];
        const replicas = await Promise.all(databases.map((database) => empty.createSessions({ database })));
        const published = await Promise.all(replicas.map((sessions) => sessions.jwks()));
        expect(await empty.sql('SELECT id FROM signing_keys')).toHaveLength(1);
        for (const jwks of published) expect(jwks).toEqual(published[0]);
      }
    } finally {
      await empty.close();
    }
  });
});
