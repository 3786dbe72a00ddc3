export { audienceOf, CLIENT } from './accessTokens.js';
export { createSessions, type SessionOptions } from './createSessions.js';
export { endSessionsOf } from './endSessions.js';
export { purgeSessions } from './purgeSessions.js';
export type { LiveToken, SignedIn, Sessions } from './Sessions.js';
export { rotateSigningKeys } from './rotateSigningKeys.js';
export { WrongEncryptionKey } from './signingKeys.js';
