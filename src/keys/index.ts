export { type ApiKey, toApiKey } from './ApiKey.js';
export { apiKeyFilter, type ApiKeyFilter } from './ApiKeyFilter.js';
export { digestOf, type ParsedCredential, parseCredential, parsePair, type PresentedSecret } from './credential.js';
export { endKeysOf } from './endKeys.js';
export { keysMatching } from './listApiKeys.js';
export { retiredAmong } from './retiredSecrets.js';
export { apiKeysById, mayViewApiKey, viewApiKey } from './viewApiKey.js';
