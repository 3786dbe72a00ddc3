export { authenticateKey, type DoorAnswer } from './authenticateKey.js';
