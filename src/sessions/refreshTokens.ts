import { createHash, randomInt } from 'node:crypto';

/** A refresh token as it is looked up. */
export interface PresentedToken {
  readonly sessionId: string;
  readonly digest: Buffer;
}

/** A refresh token as it is made: shown once, stored as its digest. */
export interface NewToken extends PresentedToken {
  readonly refreshToken: string;
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 256 bits. */
const SECRET_LENGTH = 43;
const FORM = /^bwr_([0-7][0-9a-hjkmnp-tv-z]{25})_[0-9A-Za-z]{43}$/;

const digestOf = (refreshToken: string): Buffer => createHash('sha256').update(refreshToken).digest();

/** `bwr_<session>_<secret>`: a prefix that secret scanners know, the session's id without its `ses_`, and a random secret. */
export function newRefreshToken(sessionId: string): NewToken {
  const secret = Array.from({ length: SECRET_LENGTH }, () => BASE62[randomInt(BASE62.length)]).join('');
  const refreshToken = `bwr_${sessionId.slice('ses_'.length)}_${secret}`;
  return { refreshToken, sessionId, digest: digestOf(refreshToken) };
}

/** Null for a text that is no refresh token: it is refused without asking the database. */
export function parseRefreshToken(text: string): PresentedToken | null {
  const session = FORM.exec(text)?.[1];
  return session === undefined ? null : { sessionId: `ses_${session}`, digest: digestOf(text) };
}
