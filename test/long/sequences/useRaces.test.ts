import { startService } from '../../support/service.js';
import { foundTenant } from '../../support/tenant.js';
import { raceUsesAgainstRevocations } from '../../support/useRaces.js';

const ROUNDS = 20;

test.each(['sqlite', 'mariadb'] as const)(
  'on %s, a revocation wins over the last use that is written meanwhile, 1,000 times (R23, R20)',
  async (kind) => {
    const service = await startService(kind);
    const tenant = await foundTenant(service);
    const gateway = await tenant.gateway();
    let used = 0;
    for (let round = 1; round <= ROUNDS; round += 1) used += await raceUsesAgainstRevocations(service, tenant, gateway);
    // They did meet: at least those that were used before.
    expect(used).toBeGreaterThanOrEqual((50 * ROUNDS) / 2);
    await service.stop();
  },
  1_200_000,
);
