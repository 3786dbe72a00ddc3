import type { Permission } from '../authority/index.js';
import type { UsedKey, UseLog } from '../usage/index.js';
import { answers, type VerificationCode } from './Verification.js';

/** What a key is presented for, as its log tells it. */
export interface PresentedFor {
  readonly requestedPermissions?: readonly Permission[] | undefined;
  /** `type:id`. */
  readonly resource?: string | undefined;
  readonly clientIp?: string | undefined;
}

/** The longest form of an IPv6 address. */
const LONGEST_ADDRESS = 45;

/** One attempt to use a key, from the moment at which somebody began to decide on it. */
export class Attempt {
  private readonly began = performance.now();

  constructor(
    private readonly uses: UseLog,
    private readonly requestId: string,
    private readonly presented: PresentedFor = {},
  ) {}

  /** Notes the answer about a key whose secret was right. `counted`: false where it was asked without counting. */
  answered(key: UsedKey, code: VerificationCode, httpStatus: number, at: Date, counted = true): void {
    const { requestedPermissions, resource, clientIp, latencyMs, requestId } = this.context();
    this.uses.note({ key, code, httpStatus, at, counted, requestedPermissions, resource, clientIp, latencyMs, requestId });
  }

  /** Notes that the secret was not the key's. */
  wrongSecret(key: UsedKey, digest: Buffer, at: Date): void {
    this.uses.noteWrong({ ...this.context(), key, digest, httpStatus: answers.NOT_FOUND[0], at });
  }

  /** Notes that an old credential was the key's and is no more. */
  retiredSecret(key: UsedKey, at: Date): void {
    this.uses.note({
      ...this.context(),
      key,
      code: 'NOT_FOUND',
      httpStatus: answers.NOT_FOUND[0],
      at,
      counted: true,
      retiredSecret: true,
    });
  }

  private context() {
    const { requestedPermissions = [], resource = null, clientIp } = this.presented;
    return {
      requestedPermissions,
      resource,
      clientIp: clientIp?.slice(0, LONGEST_ADDRESS) ?? null,
      latencyMs: performance.now() - this.began,
      requestId: this.requestId,
    };
  }
}
