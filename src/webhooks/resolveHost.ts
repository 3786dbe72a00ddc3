import { Resolver } from 'node:dns/promises';

/** The addresses of a host. */
export type ResolveHost = (hostname: string) => Promise<readonly string[]>;

const TRY_MS = 2_000;

/**
 * Asks the name servers, and neither the machine's own list of hosts nor the pool of threads that digest passwords: a
 * slow name server of a receiver holds up nothing of ours.
 */
export const resolveHost: ResolveHost = async (hostname) => {
  const resolver = new Resolver({ timeout: TRY_MS, tries: 2 });
  const found = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
  return found.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
};
