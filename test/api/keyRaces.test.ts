import { keyRaces } from '../support/keyRaces.js';

// 50 times each in test/long.
keyRaces(15);
