import type { KeyFacts } from '../authority/index.js';
import { networksOf } from '../domain/index.js';
import { KeyContext } from './KeyContext.js';
import type { PeopleBehind } from './peopleBehind.js';
import type { ReadKey } from './ReadKey.js';

/** Makes what is remembered of a key from what was read of it. What it shares with others hangs on its grounds. */
export function contextOf({ row, grounds, home, permissions }: ReadKey, people: PeopleBehind): KeyContext {
  const oneself = people(row.userId);
  const facts = (issuedBy: string): KeyFacts => ({
    id: row.id,
    home,
    environment: row.environment,
    permissions,
    people: issuedBy === row.userId ? oneself : [oneself[0], people(issuedBy)[0]],
    stopped: row.revoked,
    expiresAt: row.expiresAt,
    restrictions: row.restrictions,
    networks: row.allowedCidrs && networksOf(row.allowedCidrs),
    rateLimit: row.rateLimit,
    parent: row.parent,
  });
  const { previousDigest, previousUntil, previousIssuedBy } = row;
  const earlier =
    previousDigest && previousUntil !== null && previousIssuedBy !== null
      ? { digest: previousDigest, until: previousUntil, facts: facts(previousIssuedBy) }
      : null;
  const known = {
    facts: facts(row.issuedBy),
    name: row.name,
    metadata: row.metadata,
    digest: row.digest,
    earlier,
    generation: row.generation,
  };
  return new KeyContext(known, grounds);
}
