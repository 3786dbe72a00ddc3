export { type ApiKey, toApiKey } from './ApiKey.js';
export { digestOf, type ParsedCredential, parseCredential, parsePair } from './credential.js';
export { endKeysOf } from './endKeys.js';
export { apiKeysById, mayViewApiKey, viewApiKey } from './viewApiKey.js';
