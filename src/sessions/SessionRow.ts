import { EntitySchema } from 'typeorm';
import { columns } from '../database/index.js';

/** A row of `sessions`: somebody signed in. The row stays when the session is over. */
export interface SessionRow {
  id: string;
  userId: string;
  createdAt: Date;
  expiresAt: Date;
  endedAt: Date | null;
}

const { id, instant, optional, primaryId } = columns;

export const SessionRows = new EntitySchema<SessionRow>({
  name: 'Session',
  tableName: 'sessions',
  columns: {
    id: primaryId('id'),
    userId: id('user_id'),
    createdAt: instant('created_at'),
    expiresAt: instant('expires_at'),
    endedAt: optional(instant('ended_at')),
  },
});
