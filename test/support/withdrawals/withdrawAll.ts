import { foundTenant, signIn } from '../tenant.js';
import { AnyReplica, type Replicas, type Sent } from './AnyReplica.js';
import { type Kind, kinds, type Place, type Withdrawal } from './kinds.js';
import type { Watch } from './Watch.js';

/** A withdrawal that was answered. */
export interface Answered extends Sent {
  readonly kind: string;
  /** False: not this answer told that it is done, but a job. */
  readonly isTimed: boolean;
}

/** Founds a tenant with somebody who asks any replica in turn. */
export async function settle(replicas: Replicas): Promise<Place> {
  const anonymous = new AnyReplica(replicas);
  const tenant = await foundTenant({ anonymous });
  return { tenant, owner: tenant.owner.client as AnyReplica, gateway: await tenant.gateway() };
}

/** The first owner of an installation, at any of its replicas. */
export const firstOwnerOf = async (replicas: Replicas, email: string, password: string): Promise<AnyReplica> =>
  (await signIn({ anonymous: new AnyReplica(replicas) }, email, password)) as AnyReplica;

/** How often what can be given back is taken. */
const ROUNDS = 2;

/**
 * Withdraws from keys that all replicas know, by every kind in turn and in each place at once, and gives back, as long as it
 * is to go on; what was answered, and how.
 */
export async function withdrawAll(places: readonly Place[], watch: Watch, goesOn: (begun: number) => boolean): Promise<Answered[]> {
  const answered: Answered[] = [];
  const all = Object.entries(kinds);
  let next = 0;
  let begun = 0;
  const begin = (): boolean => {
    const begins = goesOn(begun);
    if (begins) begun += 1;
    return begins;
  };
  const lane = async (place: Place): Promise<void> => {
    while (begin()) {
      const [kind, make] = all[next++ % all.length] as (typeof all)[number];
      const withdrawal = await made(make, place);
      watch.add(...withdrawal.keys);
      for (let round = 1; ; round += 1) {
        await Promise.all(withdrawal.keys.map((key) => watch.heat(key)));
        await turned(withdrawal, watch, 'NO', withdrawal.take);
        answered.push({ ...(place.owner.sent as Sent), kind, isTimed: withdrawal.isTimed !== false });
        if (!withdrawal.giveBack || round >= ROUNDS || !begin()) break;
        await turned(withdrawal, watch, 'YES', withdrawal.giveBack);
      }
      watch.retire(...withdrawal.keys);
    }
  };
  await Promise.all(places.map(lane));
  return answered;
}

/** A step of making it may have been done by an attempt that nobody has answered: what it made is not known, and all of it is made anew. */
export async function made(make: Kind, place: Place): Promise<Withdrawal> {
  for (;;) {
    try {
      return await make(place);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.includes('"createdId"')) throw error;
    }
  }
}

/** Changes what must be said of the keys, and asks everybody at once when that was answered. */
export async function turned({ keys }: Withdrawal, watch: Watch, to: 'YES' | 'NO', act: () => Promise<unknown>): Promise<void> {
  for (const key of keys) key.turn('EITHER');
  await act();
  for (const key of keys) key.turn(to);
  for (const key of keys) watch.probe(key);
}
