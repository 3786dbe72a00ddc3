import type { Address, Narrowing, Network, RateLimit, Resource, ResourceRestriction } from './facts.js';

/** Whether a key so restricted may touch that resource; where it is restricted, naming none is refused (law 5, R79). */
export function admitsResource(restrictions: readonly ResourceRestriction[] | null, resource: Resource | undefined): boolean {
  if (restrictions === null) return true;
  return resource !== undefined && restrictions.some(({ type, ids }) => type === resource.type && ids.includes(resource.id));
}

/** Whether a key may be used from that address; where it has networks, naming no address is refused (law 5, R79). */
export function admitsAddress(networks: readonly Network[] | null, address: Address | undefined): boolean {
  if (networks === null) return true;
  return (
    address !== undefined &&
    networks.some(({ family, first, last }) => family === address.family && first <= address.value && address.value <= last)
  );
}

/** In which respects the first lets anything through that the second does not. Empty: it is no wider. */
export function wider(one: Narrowing, other: Narrowing): readonly (keyof Narrowing)[] {
  const respects: Readonly<Record<keyof Narrowing, boolean>> = {
    restrictions: beyond(one.restrictions, other.restrictions, namesMore),
    networks: beyond(one.networks, other.networks, reachesFurther),
    rateLimit: beyond(one.rateLimit, other.rateLimit, allowsMore),
  };
  return (Object.keys(respects) as (keyof Narrowing)[]).filter((respect) => respects[respect]);
}

/** What is not narrowed at all is wider than all that is, and nothing is wider than it. */
const beyond = <T>(one: T | null, other: T | null, compare: (one: T, other: T) => boolean): boolean =>
  other !== null && (one === null || compare(one, other));

const namesMore = (one: readonly ResourceRestriction[], other: readonly ResourceRestriction[]): boolean =>
  one.some(({ type, ids }) => ids.some((id) => !admitsResource(other, { type, id })));

const reachesFurther = (one: readonly Network[], other: readonly Network[]): boolean => one.some((network) => !isCovered(network, other));

/** Two networks beside each other cover what spans both. */
function isCovered({ family, first, last }: Network, by: readonly Network[]): boolean {
  const inOrder = by.filter((each) => each.family === family).sort((one, other) => (one.first < other.first ? -1 : 1));
  let next = first;
  for (const each of inOrder) {
    if (each.first > next) break;
    if (each.last >= next) next = each.last + 1n;
  }
  return next > last;
}

/** More at once, or as much again sooner: then in some stretch of time it allows more uses. */
const allowsMore = (one: RateLimit, other: RateLimit): boolean => one.limit > other.limit || one.windowSeconds < other.windowSeconds;
