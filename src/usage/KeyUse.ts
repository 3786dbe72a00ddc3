import type { Environment, Permission } from '../authority/index.js';
import type { VerificationLogRow } from './VerificationLogRow.js';

/** How a use of a key was answered. */
export type UseCode = VerificationLogRow['code'];

/** The key that was used, as far as its statistics say whose they are. */
export interface UsedKey {
  readonly id: string;
  readonly organizationId: string;
  /** The key's home. */
  readonly namespaceId: string;
  readonly environment: Environment;
  readonly userId: string;
}

/** The same and nothing more, of whatever knows more of the key: a row holds secrets' digests, and is large. */
export const usedKey = ({ id, organizationId, namespaceId, environment, userId }: UsedKey): UsedKey => ({
  id,
  organizationId,
  namespaceId,
  environment,
  userId,
});

/** What was asked, by whom it was presented, and in which request. */
export interface UseContext {
  readonly key: UsedKey;
  readonly at: Date;
  /** What the bearer was, or should be, answered with. */
  readonly httpStatus: number;
  readonly requestedPermissions: readonly Permission[];
  /** `type:id` of the resource that was asked about, or null. */
  readonly resource: string | null;
  /** Where the bearer was, as far as the asker said so; or null. */
  readonly clientIp: string | null;
  /** From the start of the decision to its end. */
  readonly latencyMs: number;
  readonly requestId: string;
}

/** One use of a key: a verification by another service, or a request to one of this API's own doors. */
export interface KeyUse extends UseContext {
  readonly code: UseCode;
  /** False where it was asked without counting: the log tells of it, the usage does not. */
  readonly counted: boolean;
  /** The secret presented was one that the key had before. */
  readonly retiredSecret?: true;
}

/** A secret that is not the key's: perhaps one that it had. */
export interface WrongSecret extends UseContext {
  /** SHA-256 of what was presented. */
  readonly digest: Buffer;
}

/** Whether a use was let through; everything else was denied. */
export const isAllowed = ({ code }: { readonly code: UseCode }): boolean => code === 'VALID';
