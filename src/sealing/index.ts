export { encryptionKeyOf } from './encryptionKey.js';
export { seal, unseal } from './seal.js';
