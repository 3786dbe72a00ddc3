export { authenticateKey, type DoorAnswer, type KeyDoor, type PresentedKey } from './authenticateKey.js';
export { ImportedSecrets } from './ImportedSecrets.js';
