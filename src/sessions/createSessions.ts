import type { Database } from '../database/index.js';
import type { Clock } from '../domain/index.js';
import type { Passwords } from '../people/passwords.js';
import { createAccessTokens } from './accessTokens.js';
import { authenticate, inspect } from './authenticate.js';
import { changePassword } from './changePassword.js';
import { refreshSession } from './refreshSession.js';
import { revokeToken } from './revokeToken.js';
import type { SessionTools } from './SessionChange.js';
import type { Sessions } from './Sessions.js';
import { signIn } from './signIn.js';
import { SigningKeys } from './signingKeys.js';
import { signOut } from './signOut.js';

/** What the sessions of an installation are made of. */
export interface SessionOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly passwords: Passwords;
  /** 32 bytes, under which the private keys are stored. */
  readonly encryptionKey: Buffer;
  /** PUBLIC_URL: who says what an access token says. */
  readonly issuer: string;
}

/** Opens the door to sessions. The first signing key is made here; a wrong encryption key is found here. */
export async function createSessions({ encryptionKey, issuer, ...given }: SessionOptions): Promise<Sessions> {
  const keys = await SigningKeys.open(given.database, given.clock, encryptionKey);
  const tools: SessionTools = { ...given, accessTokens: await createAccessTokens(issuer, keys, given.clock) };
  return {
    signIn: (input, requestId) => signIn(tools, input, requestId),
    refresh: (input, requestId) => refreshSession(tools, input, requestId),
    signOut: (act) => signOut(tools, act),
    changePassword: (act, input) => changePassword(tools, act, input),
    authenticate: (accessToken) => authenticate(tools, accessToken),
    inspect: (accessToken) => inspect(tools, accessToken),
    revoke: (token, requestId) => revokeToken(tools, token, requestId),
    jwks: async () => ({ keys: await keys.published() }),
  };
}
