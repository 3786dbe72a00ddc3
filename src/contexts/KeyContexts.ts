import DataLoader from 'dataloader';
import { LRUCache } from 'lru-cache';
import { Facts } from '../access/index.js';
import type { KeyFacts } from '../authority/index.js';
import type { Rows } from '../database/index.js';
import type { Soon } from '../domain/index.js';
import { machineClocks, type Memory, type Reliance, type SubjectId } from '../withdrawals/index.js';
import { contextOf } from './contextOf.js';
import type { ContextReading, ContextRow, ContextStore } from './ContextStore.js';
import { type Ground, Grounds } from './Grounds.js';
import type { Elsewhere, KeyContext } from './KeyContext.js';
import { peopleBehind, rememberedPeople } from './peopleBehind.js';
import { ReadKey, restsOn } from './ReadKey.js';

/** Keys that are remembered, if not said otherwise. */
const MOST_KEYS = 100_000;
/** Made-up ids that are remembered to be none: apart, so that a flood of them pushes out no key. */
const MOST_ABSENT = 20_000;
/** Namespaces beside their homes that are remembered for keys, of all keys together. */
const MOST_PLACES = 10_000;
/** Keys that one statement reads. */
const MOST_AT_ONCE = 100;

/** Reads in a row whose people were all remembered, after which the next are expected to be as well. */
const FAMILIAR_AFTER = 8;

/** A read that is under way. */
interface Fill {
  readonly ids: readonly string[];
  /** What was withdrawn since it was sent: nothing of that is remembered from it. */
  readonly withdrawn: Set<SubjectId>;
  everything: boolean;
  /** What its keys share with each other where they share nothing with what is remembered: all of it was read for them. */
  readonly apart: Grounds;
  /** Its keys with the people behind them; undefined as long as nobody had to read those. */
  whole?: Promise<ContextReading>;
  /** Whether all people behind its keys were remembered; null where nobody could look. */
  familiar: boolean | null;
}

/** What keys are remembered by. */
export interface ContextParts {
  readonly store: ContextStore;
  /** Committed rows, for what is rarely asked: what the people hold beside the key's home. */
  readonly reader: () => Rows;
  /** Whether what is remembered may be relied on. */
  readonly reliance: Reliance;
  /** Told the database's clock with each read; `sentAt` is on the monotonic clock. */
  readonly onNow?: (now: number, sentAt: number) => void;
  /** This machine's, if left out. */
  readonly monotonic?: () => number;
  readonly mostKeys?: number;
  readonly mostAbsent?: number;
  /** Reads in a row whose people were all remembered, after which those of the next are read only where they are not. */
  readonly familiarAfter?: number;
}

/** How the memory does. */
export interface ContextCounts {
  readonly entries: number;
  hits: number;
  misses: number;
}

/**
 * What is known of keys, remembered as long as nothing that it rests on was withdrawn. Whoever says yes by it asks `stands`
 * as the last step before, and otherwise `read`s: what was read after a request arrived is true for that request.
 */
export class KeyContexts implements Memory {
  private readonly grounds = new Grounds();
  private readonly known: LRUCache<string, KeyContext>;
  /** Ids of no key. An id is drawn when its key is made: one that was none before that was nobody's guess. */
  private readonly absent: LRUCache<string, true>;
  /** Reads that later requests may join: all that was sent since the last withdrawal. */
  private flights = new Map<string, Promise<KeyContext | null>>();
  private readonly fills = new Set<Fill>();
  private readonly batch: DataLoader<string, KeyContext | null>;
  /** What keys may do beside their homes, by key and namespace, each with the facts that it was made from. */
  private readonly places = new LRUCache<string, { readonly facts: KeyFacts; readonly found: Elsewhere }>({ max: MOST_PLACES });
  /** What questions of one moment read together, by tenant. */
  private moment = new Map<string, Facts>();
  /** Reads in a row that met no strangers. */
  private familiar = 0;
  private hits = 0;
  private misses = 0;

  constructor(private readonly parts: ContextParts) {
    this.known = new LRUCache({
      max: parts.mostKeys ?? MOST_KEYS,
      dispose: ({ grounds }) => {
        this.release(grounds);
      },
    });
    this.absent = new LRUCache({ max: parts.mostAbsent ?? MOST_ABSENT });
    this.batch = new DataLoader((ids) => this.fill(ids), { cache: false, maxBatchSize: MOST_AT_ONCE });
  }

  get counts(): ContextCounts {
    return { entries: this.known.size, hits: this.hits, misses: this.misses };
  }

  /**
   * The key, remembered or read, with the secrets that it has; null if there is none. It may be out of date by the time that
   * it is used: ask `stands`.
   */
  find(keyId: string): Soon<KeyContext | null> {
    if (!this.parts.reliance.holds()) return this.read(keyId);
    const known = this.known.get(keyId);
    if (known?.stands) {
      this.hits += 1;
      return known;
    }
    if (this.absent.get(keyId)) return null;
    this.misses += 1;
    return this.flights.get(keyId) ?? this.fly(keyId);
  }

  /** The key as a read finds it that is sent after this call; the people behind it perhaps as they are remembered then, under the lease. */
  read(keyId: string): Promise<KeyContext | null> {
    return this.batch.load(keyId);
  }

  /** Whether a yes may be said by that now: nothing of it was withdrawn, and this process would know. */
  stands(context: KeyContext): boolean {
    // The lease last: it is a clock, and an instant later it may have run out.
    return context.stands && this.parts.reliance.holds();
  }

  /**
   * A key's facts (one of those of its context) with what its people hold in another namespace; null if there is no such
   * namespace in the tenant.
   */
  elsewhere(context: KeyContext, facts: KeyFacts, namespaceId: string): Soon<Elsewhere | null> {
    if (namespaceId === context.namespaceId) return { facts, namespace: facts.home };
    const name = `${context.id} ${namespaceId}`;
    const remembered = this.places.get(name);
    return remembered?.facts === facts ? remembered.found : this.readElsewhere(name, context, facts, namespaceId);
  }

  private async readElsewhere(name: string, context: KeyContext, facts: KeyFacts, namespaceId: string): Promise<Elsewhere | null> {
    const read = this.factsOf(context.organizationId);
    const namespace = await read.namespace(namespaceId);
    if (!namespace) return null;
    const [user, issuer] = facts.people;
    const places = [context.namespaceId, namespaceId];
    const [asUser, asIssuer] = await Promise.all([read.person(user.id, places), issuer === user ? null : read.person(issuer.id, places)]);
    const found: Elsewhere = { namespace, facts: { ...facts, people: [asUser, asIssuer ?? asUser] } };
    // By the very facts of a context: withdrawn meanwhile, it is of one that does not stand, and is found by no other.
    this.places.set(name, { facts, found });
    return found;
  }

  forget(subjects: readonly SubjectId[]): void {
    this.flights = new Map();
    this.moment = new Map();
    for (const subject of subjects) {
      this.grounds.withdraw(subject);
      this.known.delete(subject);
      for (const fill of this.fills) fill.withdrawn.add(subject);
    }
  }

  forgetAll(): void {
    this.flights = new Map();
    this.moment = new Map();
    for (const fill of this.fills) fill.everything = true;
    this.grounds.withdrawAll();
    this.known.clear();
    this.places.clear();
    this.absent.clear();
  }

  /** Facts that nobody has read yet but who asks at this moment: none was read before a request that arrives later. */
  private factsOf(organizationId: string): Facts {
    const { moment } = this;
    let facts = moment.get(organizationId);
    if (!facts) {
      facts = new Facts(this.parts.reader(), organizationId);
      moment.set(organizationId, facts);
      setImmediate(() => moment.delete(organizationId));
    }
    return facts;
  }

  private fly(keyId: string): Promise<KeyContext | null> {
    const { flights } = this;
    const flight = this.read(keyId).finally(() => flights.delete(keyId));
    flights.set(keyId, flight);
    return flight;
  }

  /**
   * Reads keys, and the people behind them at once, who can be known by no id of a key. Where the people of the last ones were
   * all remembered, these are taken to be as well and are left out; a wrong guess costs a second round trip.
   */
  private async fill(ids: readonly string[]): Promise<(KeyContext | null | Error)[]> {
    const { familiarAfter = FAMILIAR_AFTER, monotonic = machineClocks.monotonic, onNow, reliance, store } = this.parts;
    const fill: Fill = { ids: [...new Set(ids)], withdrawn: new Set(), everything: false, apart: new Grounds(), familiar: null };
    this.fills.add(fill);
    try {
      const areExpected = this.familiar >= familiarAfter && reliance.holds();
      const sentAt = monotonic();
      const { rows, now } = await (areExpected ? store.keys(fill.ids) : this.whole(fill));
      if (now !== null) onNow?.(now, sentAt);
      const learned = await Promise.allSettled(fill.ids.map((id) => this.learn(id, rows.get(id), fill)));
      if (fill.familiar !== null) this.familiar = fill.familiar ? this.familiar + 1 : 0;
      const found = new Map(fill.ids.map((id, index) => [id, learned[index]]));
      return ids.map((id) => outcomeOf(found.get(id)));
    } finally {
      this.fills.delete(fill);
    }
  }

  private whole(fill: Fill): Promise<ContextReading> {
    fill.whole ??= this.parts.store.keysAndPeople(fill.ids);
    return fill.whole;
  }

  /**
   * Remembers what was read, unless something of it was withdrawn since the read was sent, or this process may have missed
   * that: then what was read shares nothing with what is remembered, in neither direction. Either may be out of date.
   */
  private async learn(id: string, row: ContextRow | undefined, fill: Fill): Promise<KeyContext | null> {
    if (!row) {
      if (!fill.everything && !fill.withdrawn.has(id)) this.absent.set(id, true);
      return null;
    }
    const subjects = restsOn(row);
    const isLate = fill.everything || subjects.some((subject) => fill.withdrawn.has(subject));
    const isShared = !isLate && this.parts.reliance.holds();
    const from = isShared ? this.grounds : fill.apart;
    const grounds = subjects.map((subject) => from.take(subject));
    try {
      const key = new ReadKey(row, grounds);
      // Of grounds that stood when they were taken: that is true for whoever asked before, whatever happens meanwhile.
      const remembered = rememberedPeople(key);
      if (isShared) fill.familiar = fill.familiar !== false && remembered !== null;
      const registered = () => this.parts.store.registered(row.organizationId);
      const people = remembered ?? (row.people && (await peopleBehind(key, row.people, registered)));
      if (people) {
        const context = contextOf(key, people);
        if (isShared && context.stands) this.known.set(row.id, context);
        return context;
      }
    } finally {
      if (this.known.peek(id)?.grounds !== grounds) this.release(grounds);
    }
    return this.learn(id, (await this.whole(fill)).rows.get(id), fill);
  }

  private release(grounds: readonly Ground[]): void {
    for (const ground of grounds) this.grounds.release(ground);
  }
}

/** What cannot be made of one key keeps none of the others from being answered. */
function outcomeOf(learned: PromiseSettledResult<KeyContext | null> | undefined): KeyContext | null | Error {
  if (learned?.status !== 'rejected') return learned?.value ?? null;
  return learned.reason instanceof Error ? learned.reason : new Error('a key could not be learned', { cause: learned.reason });
}
