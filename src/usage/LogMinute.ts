import { newIdAt } from '../domain/index.js';
import { isAllowed, type KeyUse, type UseCode } from './KeyUse.js';
import type { VerificationLog } from './VerificationLog.js';

/** Lines that a key's uses may make in a minute on one replica, beside the first line of each code, which always stands. */
const MOST_A_MINUTE = 100;
const LONGEST_RESOURCE = 255;

/** What is written about one key's minute. */
export interface Lines {
  readonly lines: readonly VerificationLog[];
  /** Lines to be added to: `uses` says by how many. One that is not there yet is written. */
  readonly more: readonly VerificationLog[];
  /** Ids of lines, written before, that have made room for denials. */
  readonly displaced: readonly string[];
}

/**
 * One key's log of one minute, denials first: when there are more than fit, uses that were let through are not listed one
 * by one, and the first line of their code says how many it stands for. So nothing is uncounted.
 */
export class LogMinute {
  private denied: VerificationLog[] = [];
  private allowed: VerificationLog[] = [];
  private writtenDenied = 0;
  private readonly writtenAllowed: string[] = [];
  private readonly first = new Map<UseCode, VerificationLog>();
  private beyond = new Map<UseCode, number>();

  /** Notes a use; whether it waits as a line of its own. `room`: whether another line may wait at all. */
  note(use: KeyUse, room: boolean): boolean {
    const lines = isAllowed(use) ? this.allowed : this.denied;
    if (!room || this.isFullFor(use)) {
      this.addBeyond(use.code);
      if (!this.first.has(use.code)) this.first.set(use.code, lineOf(use));
      return false;
    }
    const line = lineOf(use);
    lines.push(line);
    if (!this.first.has(use.code)) this.first.set(use.code, line);
    return true;
  }

  /** Hands out what waits. */
  take(): Lines {
    const displaced = this.makeRoom();
    const lines = [...this.denied, ...this.allowed];
    const more = [...this.beyond].flatMap(([code, uses]) => {
      const first = this.first.get(code);
      return first ? [{ ...first, uses }] : [];
    });
    this.writtenDenied += this.denied.length;
    this.writtenAllowed.push(...this.allowed.map(({ id }) => id));
    this.denied = [];
    this.allowed = [];
    this.beyond = new Map();
    return { lines, more, displaced };
  }

  private get deniedLines(): number {
    return this.writtenDenied + this.denied.length;
  }

  private get allowedLines(): number {
    return this.writtenAllowed.length + this.allowed.length;
  }

  private isFullFor(use: KeyUse): boolean {
    return (isAllowed(use) ? this.deniedLines + this.allowedLines : this.deniedLines) >= MOST_A_MINUTE;
  }

  /** Denials go first: the latest lines of what was let through give way, all but the one that stands for them. */
  private makeRoom(): string[] {
    const displaced: string[] = [];
    while (this.deniedLines + this.allowedLines > MOST_A_MINUTE && this.allowedLines > 1) {
      const waiting = this.allowed.pop();
      const written = waiting ? undefined : this.writtenAllowed.pop();
      if (written !== undefined) displaced.push(written);
      this.addBeyond('VALID');
    }
    return displaced;
  }

  private addBeyond(code: UseCode): void {
    this.beyond.set(code, (this.beyond.get(code) ?? 0) + 1);
  }
}

function lineOf({ key, at, code, httpStatus, retiredSecret, requestedPermissions, resource, ...context }: KeyUse): VerificationLog {
  const { id: apiKeyId, organizationId, namespaceId, environment, userId } = key;
  return {
    id: newIdAt('log', at),
    organizationId,
    namespaceId,
    environment,
    apiKeyId,
    userId,
    at,
    code,
    httpStatus,
    retiredSecret: retiredSecret === true,
    requestedPermissions: [...requestedPermissions],
    resource: resource?.slice(0, LONGEST_RESOURCE) ?? null,
    clientIp: context.clientIp,
    latencyMs: context.latencyMs,
    requestId: context.requestId,
    uses: 1,
  };
}
