export { authenticateKey, type DoorAnswer, type KeyDoor, type PresentedKey } from './authenticateKey.js';
export { ImportedSecrets } from './ImportedSecrets.js';
export { type Active, type Inactive, introspection } from './introspect.js';
export { revokeCredential } from './revokeCredential.js';
export type { Verification, VerificationCode, Words } from './Verification.js';
export { type AnsweringAny, verifyCredential, type VerifiedCredential } from './verifyCredential.js';
export type { VerificationQuestion } from './verifyApiKey.js';
