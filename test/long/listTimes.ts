import {
  type ApiKeyFilter,
  ApiKeysByLastUseDocument,
  ExpiringApiKeysDocument,
  PowerfulApiKeysDocument,
  StaleApiKeysDocument,
} from '../generated/documents.js';
import type { Service } from '../support/service.js';
import { signIn } from '../support/tenant.js';
import type { KeyStock } from './keyStock.js';

/** 1,000 keys in a database of their own; 1,000 beside a million; the million. */
export type Listed = 'alone' | 'among' | 'all';
const compared = ['among', 'all'] as const;

/** The lists of one tenant, by what is asked for; each asks for a page and answers how many keys are on it. */
export interface ListOf {
  readonly service: Service;
  readonly lists: ReadonlyMap<string, () => Promise<number>>;
}

const ROUNDS = 7;
const AGAIN = 21;
const A_PAGE = 50;
const RATIO = 1.5;
/** What a busy machine adds to one median and not to another. */
const NOISE_MS = 2;
const A_DAY = 86_400_000;

const document = `query ($filter: ApiKeyFilter, $orderBy: ApiKeyOrder, $first: Int) {
  apiKeys(filter: $filter, orderBy: $orderBy, first: $first) {
    nodes {
      id name description hint environment status namespace { id kind name } role { id name } permissions user { id name }
      createdAt expiresAt lastUsedAt
    }
    pageInfo { hasNextPage endCursor }
  }
}`;

interface Page {
  readonly nodes: readonly unknown[];
}

const orders = (['CREATED_AT', 'NAME', 'LAST_USED_AT', 'EXPIRES_AT'] as const).flatMap((field) =>
  (['ASC', 'DESC'] as const).map((direction) => ({ field, direction })),
);

/** Everything that can be asked of a tenant's keys with one filter and one order, and the ready operations. */
export async function lists(service: Service, { tenant, users, applications }: KeyStock): Promise<ListOf> {
  const { organizationId, owner } = tenant;
  const client = await signIn(service, owner.email, owner.password, organizationId);
  const now = service.clock.now().getTime();
  const daysAgo = (days: number): string => new Date(now - days * A_DAY).toISOString();
  const filters: Readonly<Record<string, ApiKeyFilter>> = {
    'no filter': {},
    namespaceId: { namespaceId: applications[1]! },
    environment: { environment: 'STAGING' },
    'status ACTIVE': { status: 'ACTIVE' },
    'status INACTIVE': { status: 'INACTIVE' },
    'status EXPIRED': { status: 'EXPIRED' },
    userId: { userId: users[1]! },
    createdById: { createdById: owner.id },
    roleId: { roleId: 'rol_admin' },
    organizationId: { organizationId },
    permission: { permission: 'apiKey:manage' },
    unusedSince: { unusedSince: daysAgo(70) },
    expiresBefore: { expiresBefore: daysAgo(0) },
    'search by the start of the name': { search: 'sensor' },
    'search by a later word': { search: 'gate' },
  };
  const found = new Map<string, () => Promise<number>>();
  for (const [name, filter] of Object.entries(filters)) {
    for (const orderBy of orders) {
      const page = async (): Promise<number> => {
        const { apiKeys } = await client.ask<{ apiKeys: Page }, object>(document, { filter, orderBy, first: A_PAGE });
        return apiKeys.nodes.length;
      };
      found.set(`${name} by ${orderBy.field} ${orderBy.direction}`, page);
    }
  }
  const first = A_PAGE;
  found.set('staleApiKeys', async () => {
    const { apiKeys } = await client.ask(StaleApiKeysDocument, { unusedSince: daysAgo(70), first });
    return apiKeys.nodes.length;
  });
  found.set('powerfulApiKeys', async () => {
    const { admins, dangerous } = await client.ask(PowerfulApiKeysDocument, { permission: 'apiKey:manage', first });
    return Math.min(admins.nodes.length, dangerous.nodes.length);
  });
  for (const direction of ['ASC', 'DESC'] as const) {
    found.set(`apiKeysByLastUse ${direction}`, async () => {
      const { apiKeys } = await client.ask(ApiKeysByLastUseDocument, { direction, first });
      return apiKeys.nodes.length;
    });
  }
  found.set('expiringApiKeys', async () => {
    const { apiKeys } = await client.ask(ExpiringApiKeysDocument, { expiresBefore: daysAgo(-30), first });
    return apiKeys.nodes.length;
  });
  return { service, lists: found };
}

/** The middle one of some numbers. */
export const median = (numbers: readonly number[]): number => [...numbers].sort((one, other) => one - other)[numbers.length >> 1] ?? NaN;

/** The median of each tenant's page, in rounds that alternate, so that what else the machine does befalls all of them. */
async function times(tenants: Readonly<Record<Listed, ListOf>>, list: string, rounds: number): Promise<Record<Listed, number>> {
  const taken: Record<Listed, number[]> = { alone: [], among: [], all: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const who of ['alone', ...compared] as const) {
      const began = performance.now();
      await tenants[who].lists.get(list)!();
      taken[who].push(performance.now() - began);
    }
  }
  return { alone: median(taken.alone), among: median(taken.among), all: median(taken.all) };
}

const isSlower = ({ alone }: Record<Listed, number>, other: number): boolean => other > RATIO * alone && other > alone + NOISE_MS;

/** The lists that take other tenants longer than 1,000 keys alone, or other statements. What seems slow is measured again, longer. */
export async function slower(tenants: Readonly<Record<Listed, ListOf>>): Promise<{
  readonly report: string;
  readonly slow: readonly string[];
  readonly statements: readonly string[];
}> {
  const slow: string[] = [];
  const statements: string[] = [];
  const ratios: Record<'among' | 'all', { ratio: number; list: string }[]> = { among: [], all: [] };
  const base: number[] = [];
  for (const list of tenants.alone.lists.keys()) {
    const sent: number[] = [];
    for (const who of ['alone', ...compared] as const) {
      const { service, lists: of } = tenants[who];
      let keys = 0;
      sent.push((await service.statementsOf(async () => (keys = await of.get(list)!()))).length);
      if (keys !== A_PAGE) throw new Error(`${list}: a page of ${keys} keys for ${who}`);
    }
    if (new Set(sent).size !== 1) statements.push(`${list}: ${sent.join(', ')} statements`);
    let taken = await times(tenants, list, ROUNDS);
    for (let tries = 0; tries < 2 && compared.some((who) => isSlower(taken, taken[who])); tries += 1)
      taken = await times(tenants, list, AGAIN);
    base.push(taken.alone);
    for (const who of compared) {
      ratios[who].push({ ratio: taken[who] / taken.alone, list });
      if (isSlower(taken, taken[who])) slow.push(`${list}: ${taken[who].toFixed(1)} ms for ${who}, ${taken.alone.toFixed(1)} ms alone`);
    }
  }
  const worst = compared.map((who) => {
    const [first, ...others] = ratios[who].sort((one, other) => other.ratio - one.ratio);
    return `${who}: median ratio ${median(others.map(({ ratio }) => ratio)).toFixed(2)}, at most ${first?.ratio.toFixed(2)} (${first?.list})`;
  });
  return {
    slow,
    statements,
    report: `${base.length} lists of 50, ${median(base).toFixed(1)} ms with 1,000 keys alone; ${worst.join('; ')}`,
  };
}
