import { type Door, doors, type Said } from './doors.js';

/** An answer about a key, with the instants by `performance.now()` between which the request was under way. */
export interface Told {
  readonly said: Said;
  readonly began: number;
  readonly ended: number;
  /** What the key's `epoch` was when the request began. */
  readonly epoch: number;
}

/**
 * A key about which it is known, at each instant, what everybody must be told: yes, no, or either while a change of it is
 * under way.
 */
export class WatchedKey {
  private now: 'YES' | 'NO' | 'EITHER' = 'YES';
  private turns = 0;

  constructor(
    readonly kind: string,
    readonly credential: string,
    /** What it is asked about. */
    readonly permission: string,
    /** The credential of the service that asks. */
    readonly asker: string,
    /** What is taken from it: itself, or a permission, which only some doors ask about. */
    private readonly loses: 'ALL' | 'PERMISSION' = 'ALL',
  ) {}

  /** How often what must be said has changed. */
  get epoch(): number {
    return this.turns;
  }

  get isWithdrawn(): boolean {
    return this.now === 'NO';
  }

  /** Where the withdrawal is felt. */
  get doors(): readonly Door[] {
    return this.loses === 'ALL' ? doors : doors.filter(({ asksPermission }) => asksPermission);
  }

  /** From now on everybody must be told this. */
  turn(now: 'YES' | 'NO' | 'EITHER'): void {
    this.now = now;
    this.turns += 1;
  }

  /** What is wrong with an answer that has just come; null: nothing. Only an answer with no change since it began can be wrong. */
  wrong({ said, epoch }: Told): string | null {
    if (epoch !== this.turns) return null;
    if (said === 'YES' && this.now === 'NO') return 'accepted after its withdrawal was answered';
    if (said === 'NO' && this.now === 'YES') return 'refused although nothing was taken from it';
    return null;
  }
}

/** How far replicas may be ahead of the database's clock: by what reading it takes at the most. */
const AHEAD_MS = 1_000;

/** A key that ends by itself at an instant of the database's clock, which is that of this machine. */
export class ExpiringKey extends WatchedKey {
  /** By `performance.now()`. */
  private readonly expiresAt: number;

  constructor(credential: string, permission: string, asker: string, expiresAt: Date) {
    super('expiry', credential, permission, asker);
    this.expiresAt = expiresAt.getTime() - Date.now() + performance.now();
  }

  override get isWithdrawn(): boolean {
    return performance.now() >= this.expiresAt;
  }

  override wrong({ said, began, ended }: Told): string | null {
    if (said === 'YES' && began >= this.expiresAt) return `accepted ${began - this.expiresAt} ms after it has expired`;
    if (said === 'NO' && ended < this.expiresAt - AHEAD_MS) return `refused ${this.expiresAt - ended} ms before it expires`;
    return null;
  }
}
