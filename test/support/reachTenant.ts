import type { Client } from './client.js';
import type { Service } from './service.js';
import { foundTenant, type TestKey, type TestTenant } from './tenant.js';

/** Every namespace of a tenant that has two of each kind in each place, and one of each kind of a foreign tenant. */
export const places = ['O', 'A', 'B', 'A1', 'A2', 'B1', 'GA1', 'GA2', 'GB', 'GO1', 'GO2', 'F', 'FA', 'FW', 'FG'] as const;
export type Place = (typeof places)[number];

/** The five kinds of home: a workspace, an application, a group of it, a group of the organization, the organization. */
export const homes = ['A1', 'A', 'GA1', 'GO1', 'O'] as const;
export type Home = (typeof homes)[number];

/** What stands where: `org`anization, `app`lication, `wks` (workspace) or `grp` (group). */
export const kindOf = (place: Place): 'org' | 'app' | 'wks' | 'grp' => {
  if (place === 'O' || place === 'F') return 'org';
  if (place === 'A' || place === 'B' || place === 'FA') return 'app';
  return place.includes('G') ? 'grp' : 'wks';
};

type Of<T> = Readonly<Record<Place, T>>;

/** The tenant, with keys of the owner's everywhere: the calling ones carry all that a key may. */
export interface ReachTenant {
  readonly tenant: TestTenant;
  readonly id: Of<string>;
  /** The place of an id. */
  readonly placeOf: (id: string) => string;
  /** A key at home in each place, in production and in staging. */
  readonly key: Of<TestKey>;
  readonly staging: Of<TestKey>;
  /** The keys whose reach is asked about. */
  readonly caller: Readonly<Record<Home, TestKey>>;
  /** A member of every group of the tenant. */
  readonly member: string;
}

/** Many of one sort, one after another. */
export async function forEach<K extends string, T>(names: readonly K[], make: (name: K) => Promise<T>): Promise<Readonly<Record<K, T>>> {
  const made: Partial<Record<K, T>> = {};
  for (const name of names) made[name] = await make(name);
  return made as Record<K, T>;
}

/** Founds both tenants. Whoever creates a namespace holds ADMIN in it, so that the reach is all that limits the owner's keys. */
export async function foundReachTenant(service: Service): Promise<ReachTenant> {
  const [tenant, foreign] = [await foundTenant(service, 'O'), await foundTenant(service, 'F')];
  const { organizationId } = tenant;
  const [A, B, FA] = [await tenant.application('A'), await tenant.application('B'), await foreign.application('FA')];
  const id: Of<string> = {
    ...{ O: organizationId, F: foreign.organizationId, A, B, FA },
    A1: await tenant.workspace(A, 'A1'),
    A2: await tenant.workspace(A, 'A2'),
    B1: await tenant.workspace(B, 'B1'),
    GA1: await tenant.group(A, 'GA1'),
    GA2: await tenant.group(A, 'GA2'),
    GB: await tenant.group(B, 'GB'),
    GO1: await tenant.group(organizationId, 'GO1'),
    GO2: await tenant.group(organizationId, 'GO2'),
    FW: await foreign.workspace(FA, 'FW'),
    FG: await foreign.group(FA, 'FG'),
  };
  const ada = await tenant.person('Ada');
  for (const group of [id.GA1, id.GA2, id.GB, id.GO1, id.GO2]) await tenant.join(group, ada.id);

  const of = (place: Place): TestTenant => (place.startsWith('F') ? foreign : tenant);
  const key = await forEach(places, (place) => of(place).key({ namespaceId: id[place], name: `key ${place}` }));
  const staging = await forEach(places, (place) =>
    of(place).key({ namespaceId: id[place], name: `staging ${place}`, environment: 'STAGING' }),
  );
  const caller = await forEach(homes, (place) => tenant.key({ namespaceId: id[place], name: `caller ${place}` }));
  const named = new Map(places.map((place) => [id[place], place] as const));
  return { tenant, id, placeOf: (each) => named.get(each) ?? each, key, staging, caller, member: ada.id };
}

/** One field for each of many arguments, in one request: `$p0`, `$p1` … are the ids. */
export async function askOfEach<T>(
  client: Client,
  ids: readonly string[],
  field: (variable: string) => string,
  fragments = '',
): Promise<readonly T[]> {
  const declared = ids.map((_, index) => `$p${index}: ID!`).join(', ');
  const fields = ids.map((_, index) => `f${index}: ${field(`$p${index}`)}`).join('\n');
  const variables = Object.fromEntries(ids.map((each, index) => [`p${index}`, each]));
  const data = await client.ask<Record<string, T>>(`query (${declared}) { ${fields} } ${fragments}`, variables);
  return ids.map((_, index) => data[`f${index}`] as T);
}
