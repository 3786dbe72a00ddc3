export { createSharedSecrets, type SharedSecrets } from './SharedSecrets.js';
export { endSharedSecretOf, hasSharedSecret } from './signingSecrets.js';
