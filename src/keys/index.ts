export type { ApiKey } from './ApiKey.js';
export { ApiKeyStore } from './ApiKeyStore.js';
export { digestOf, type ParsedCredential, parseCredential, parsePair } from './credential.js';
export { apiKeysById, mayViewApiKey, viewApiKey } from './viewApiKey.js';
