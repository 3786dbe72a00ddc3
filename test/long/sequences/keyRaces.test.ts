import { keyRaces } from '../../support/keyRaces.js';

describe.each(['sqlite', 'mariadb'] as const)('on %s, 50 times each:', (kind) => keyRaces(50, kind));
