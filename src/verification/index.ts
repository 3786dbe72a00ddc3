export { authenticateKey, type DoorAnswer, type KeyDoor, type PresentedKey } from './authenticateKey.js';
