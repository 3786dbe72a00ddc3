import type { Principal } from '../access/index.js';
import type { KeyFacts } from '../authority/index.js';

/** The key as whoever acts with it: with the people of the secret that was presented. */
export function principalOf({ id, environment, home, people: [user, issuer], restrictions }: KeyFacts): Principal & { kind: 'KEY' } {
  return {
    kind: 'KEY',
    keyId: id,
    userId: user.id,
    organizationId: home.organizationId,
    issuedBy: issuer.id,
    environment,
    restricted: restrictions !== null,
  };
}
