import type { DenialLog } from './audit/index.js';
import type { Database } from './database/index.js';
import type { Jobs } from './jobs/index.js';
import type { Meters } from './metrics/index.js';
import type { Passwords } from './people/passwords.js';
import type { UseLog } from './usage/index.js';
import type { WebhookDispatcher } from './webhooks/index.js';

/** Parts of the service in which something may wait. */
interface MeasuredParts {
  readonly database: Database;
  readonly passwords: Passwords;
  readonly uses: UseLog;
  readonly denials: DenialLog;
  readonly jobs: Jobs;
}

/** Shows how much waits in the parts of the service; what those tell themselves is answered. */
export function measureParts(meters: Meters, { database, passwords, uses, denials, jobs }: MeasuredParts) {
  for (const use of ['reading', 'writing'] as const) {
    meters.gauge(`bailiwick_database_${use}_connections_busy`, `Connections that are ${use} now.`, () => database.load()[use].busy);
    meters.gauge(`bailiwick_database_${use}_queue_depth`, `Who waits for a connection for ${use}.`, () => database.load()[use].waiting);
  }
  meters.gauge('bailiwick_password_queue_depth', 'Passwords that are being compared or digested, or wait for it.', () => passwords.depth);
  meters.gauge('bailiwick_use_log_queue_depth', 'Lines of the verification log that wait to be written.', () => uses.depth);
  meters.gauge('bailiwick_denial_queue_depth', 'Denials that wait to be written into the audit trail.', () => denials.depth);
  meters.gauge('bailiwick_jobs_running', 'Jobs that this replica works on.', () => jobs.running);
  const tries = meters.counters('bailiwick_webhook_deliveries_total', 'Tries to deliver a webhook, by how they ended.', 'outcome');
  return {
    tried: (outcome: 'delivered' | 'failed'): void => tries.of(outcome).add(),
    sending: (webhooks: WebhookDispatcher): void =>
      meters.gauge('bailiwick_webhook_receivers_busy', 'Receivers of webhooks that this replica is sending to.', () => webhooks.sending),
  };
}
