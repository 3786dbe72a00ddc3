import type { Rows } from '../database/index.js';
import { type AuditEventRow, AuditEventRows } from './AuditEventRow.js';

/** Rows of audit events: added, never changed. */
export class AuditEventStore {
  constructor(private readonly rows: Rows) {}

  async insert(event: AuditEventRow): Promise<void> {
    await this.rows.insert(AuditEventRows, event);
  }
}
