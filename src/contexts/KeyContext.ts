import type { Environment, KeyFacts, NamespaceFacts } from '../authority/index.js';
import type { UsedKey } from '../usage/index.js';
import type { Ground } from './Grounds.js';

/** What a key had before it was regenerated, while the grace of it may last. */
export interface EarlierSecret {
  readonly digest: Buffer;
  /** Milliseconds since the epoch. */
  readonly until: number;
  /** The key as that secret makes it: capped by the issuer that it had. */
  readonly facts: KeyFacts;
}

/** What a context is made of. */
export interface KnownKey {
  readonly facts: KeyFacts;
  readonly name: string;
  readonly metadata: object | null;
  /** SHA-256 of the current secret. It leaves this object only to be compared. */
  readonly digest: Buffer;
  readonly earlier: EarlierSecret | null;
  /** 1 until it is regenerated for the first time. */
  readonly generation: number;
}

/** A key with what its people hold in a namespace beside its home. */
export interface Elsewhere {
  readonly namespace: NamespaceFacts;
  readonly facts: KeyFacts;
}

/** All that decisions about a key need, as it was at one instant; it stands until something that it rests on is withdrawn. */
export class KeyContext implements UsedKey {
  private static made = 0;
  /** Tells those of this process apart, in the order in which they were made. */
  readonly serial = (KeyContext.made += 1);

  constructor(
    readonly known: KnownKey,
    readonly grounds: readonly Ground[],
  ) {}

  get id(): string {
    return this.known.facts.id;
  }
  get organizationId(): string {
    return this.known.facts.home.organizationId;
  }
  get namespaceId(): string {
    return this.known.facts.home.id;
  }
  get environment(): Environment {
    return this.known.facts.environment;
  }
  get userId(): string {
    return this.known.facts.people[0].id;
  }

  /** Whether nothing that it rests on was withdrawn. */
  get stands(): boolean {
    for (const ground of this.grounds) if (!ground.stands) return false;
    return true;
  }
}
