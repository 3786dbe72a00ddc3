import { EntitySchema } from 'typeorm';
import { columns } from '../database/index.js';

/** A row of `refresh_tokens`. A spent one is kept, so that a second use is recognised. */
export interface RefreshTokenRow {
  /** SHA-256 of the token. */
  digest: Buffer;
  sessionId: string;
  createdAt: Date;
  spentAt: Date | null;
}

const { bytes, id, instant, optional } = columns;

export const RefreshTokenRows = new EntitySchema<RefreshTokenRow>({
  name: 'RefreshToken',
  tableName: 'refresh_tokens',
  columns: {
    digest: { ...bytes('digest'), primary: true },
    sessionId: id('session_id'),
    createdAt: instant('created_at'),
    spentAt: optional(instant('spent_at')),
  },
});
