import type { Act, Principal } from '../access/index.js';

/** What a successful sign-in, refresh or change of password answers with. The tokens are shown in that one answer. */
export interface SignedIn {
  readonly accessToken: string;
  readonly expiresAt: Date;
  readonly refreshToken: string;
  readonly userId: string;
  readonly mustChangePassword: boolean;
}

/** An access token whose session and user are alive. */
export interface LiveToken {
  readonly principal: Extract<Principal, { kind: 'USER' }>;
  readonly tokenId: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/** The sessions of signed-in people: one door to sign-in, refresh, sign-out and the check of an access token. */
export interface Sessions {
  signIn(input: { email: string; password: string; organizationId?: string | null | undefined }, requestId: string): Promise<SignedIn>;
  refresh(input: { refreshToken: string }, requestId: string): Promise<SignedIn>;
  signOut(act: Act): Promise<void>;
  changePassword(act: Act, input: { currentPassword: string; newPassword: string }): Promise<SignedIn>;
  /** Who presents this access token; null if it is none of ours, has expired, or its session or user has been withdrawn. */
  authenticate(accessToken: string): Promise<Principal | null>;
  /** What this access token is; null under the same conditions. */
  inspect(accessToken: string): Promise<LiveToken | null>;
  /** Ends the session of an access token or a refresh token: bearing it is enough. What is none, or none any more, is left as it is. */
  revoke(token: string, requestId: string): Promise<void>;
  /** The public keys, as `/.well-known/jwks.json` publishes them. */
  jwks(): Promise<{ keys: readonly object[] }>;
}
