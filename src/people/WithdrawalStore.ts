import { type FindOptionsWhere, IsNull, Not } from 'typeorm';
import type { Permit } from '../authority/index.js';
import { permitted, type Rows } from '../database/index.js';
import { type ApiKeyRow, ApiKeyRows, graceEnded } from '../keys/ApiKeyRow.js';
import { SessionRows } from '../sessions/SessionRow.js';

/** By whom and when the keys of somebody who goes were revoked. */
export interface Withdrawal {
  readonly by: string | null;
  readonly now: Date;
}

const REASON = 'The user was removed.';

/** Rows of other rooms that go with a user: their own keys, for good, and their sessions. */
export class WithdrawalStore {
  constructor(private readonly rows: Rows) {}

  /** Revokes every key of a user who is being removed; how many were not revoked before. */
  async revokeKeysOf(permit: Permit<'user.remove'>, userId: string, withdrawal: Withdrawal): Promise<number> {
    permitted(permit, this.rows, userId);
    return this.revoke({ userId }, withdrawal);
  }

  /** Revokes every key of a tenant that is being deleted. */
  async revokeKeysIn(permit: Permit<'organization.delete'>, organizationId: string, withdrawal: Withdrawal): Promise<number> {
    permitted(permit, this.rows, organizationId);
    return this.revoke({ organizationId }, withdrawal);
  }

  /** Ends every session in a tenant that is being deleted. */
  async endSessionsIn(permit: Permit<'organization.delete'>, organizationId: string, now: Date): Promise<void> {
    permitted(permit, this.rows, organizationId);
    await this.rows
      .createQueryBuilder()
      .update(SessionRows)
      .set({ endedAt: now })
      .where('ended_at IS NULL AND user_id IN (SELECT u.id FROM users u WHERE u.organization_id = :organizationId)', { organizationId })
      .execute();
  }

  private async revoke(whose: FindOptionsWhere<ApiKeyRow>, { by, now }: Withdrawal): Promise<number> {
    // Keys that these made act for the same user, and so are among them.
    // A key that was revoked before keeps by whom and why, and can never be reactivated either.
    const living = { ...whose, deletedAt: IsNull() };
    await this.rows.update(
      ApiKeyRows,
      { ...living, revokedAt: Not(IsNull()), revokedPermanently: false },
      { revokedPermanently: true, updatedAt: now },
    );
    const { affected } = await this.rows.update(
      ApiKeyRows,
      { ...living, revokedAt: IsNull() },
      { revokedAt: now, revokedBy: by, revokeReason: REASON, revokedPermanently: true, stopped: true, ...graceEnded, updatedAt: now },
    );
    return affected ?? 0;
  }
}
