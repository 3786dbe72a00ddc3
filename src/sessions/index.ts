export { createSessions, type SessionOptions } from './createSessions.js';
export { endSessionsOf } from './endSessions.js';
export { purgeSessions } from './purgeSessions.js';
export type { SignedIn, Sessions } from './Sessions.js';
export { WrongEncryptionKey } from './signingKeys.js';
