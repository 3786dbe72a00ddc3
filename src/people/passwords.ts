import { randomInt } from 'node:crypto';
import { Semaphore } from 'async-mutex';
import { compare, genSaltSync, hash } from 'bcrypt';
import { Refusal } from '../domain/index.js';

const AT_ONCE = 2;
const MOST_WAITING = 50;
const RETRY_AFTER_SECONDS = 5;
/** What bcrypt takes in; it ignores whatever follows. */
const MOST_BYTES = 72;
/** How a digest ends, after the salt: 31 characters. */
const NOTHING_DIGESTED = '.'.repeat(31);

/** Without letters and digits that look alike. */
const READABLE = 'abcdefghjkmnpqrstuvwxyz23456789';
const GROUPS = 4;
const GROUP_LENGTH = 5;

/** Whether bcrypt sees all of it. A longer text would match by its first 72 bytes alone (R30). */
const fits = (password: string): boolean => password.isWellFormed() && Buffer.byteLength(password, 'utf8') <= MOST_BYTES;

/** Digests of passwords that people choose. bcrypt runs on the pool that also reads files: only two at a time. */
export class Passwords {
  private readonly turns = new Semaphore(AT_ONCE);
  private pending = 0;

  /** How many are being digested or compared, and wait for it. */
  get depth(): number {
    return this.pending;
  }
  /** The digest of no password: comparing with it costs what any comparison costs. */
  private readonly dummy: string;

  /** The cost is 12 wherever people sign in; each step doubles the work. */
  constructor(private readonly cost: number) {
    this.dummy = genSaltSync(cost) + NOTHING_DIGESTED;
  }

  /** What is stored of a password that `passwordText` has let through. */
  async digest(password: string): Promise<string> {
    if (!fits(password)) throw new Error('a password was not checked before it was digested');
    return this.inTurn(() => hash(password, this.cost));
  }

  /** Whether a password is the digested one. One comparison each time, also where there is no digest. */
  async matches(password: string, digest: string | null): Promise<boolean> {
    const comparable = digest !== null && fits(password);
    const equal = await this.inTurn(() => compare(password, comparable ? digest : this.dummy));
    return comparable && equal;
  }

  /** A random password that can be read out and typed: 20 characters in four groups, 99 bits. */
  temporaryPassword(): string {
    const group = () => Array.from({ length: GROUP_LENGTH }, () => READABLE[randomInt(READABLE.length)]).join('');
    return Array.from({ length: GROUPS }, group).join('-');
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.pending >= AT_ONCE + MOST_WAITING) {
      throw new Refusal({
        code: 'UNAVAILABLE',
        message: 'Too many passwords are being checked at once. Try again in a few seconds.',
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    }
    this.pending += 1;
    try {
      return await this.turns.runExclusive(work);
    } finally {
      this.pending -= 1;
    }
  }
}
