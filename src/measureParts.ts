import type { DenialLog } from './audit/index.js';
import type { KeyContexts, OpenContexts } from './contexts/index.js';
import type { Database } from './database/index.js';
import type { Jobs } from './jobs/index.js';
import type { Meters } from './metrics/index.js';
import type { Passwords } from './people/passwords.js';
import type { OpenRateLimits } from './rateLimits/index.js';
import type { UseLog } from './usage/index.js';
import type { WebhookDispatcher } from './webhooks/index.js';

/** Parts of the service in which something may wait. */
interface MeasuredParts {
  readonly database: Database;
  readonly passwords: Passwords;
  readonly uses: UseLog;
  readonly denials: DenialLog;
  readonly jobs: Jobs;
  readonly contexts: KeyContexts;
  readonly lease: OpenContexts['lease'];
  readonly rateLimits: OpenRateLimits;
}

const lanes = { reading: 'reading', writing: 'writing', keys: 'single statements about keys', log: 'the log of withdrawals' } as const;

/** Shows how keys are remembered, and how their uses are counted. */
function measureMemory(meters: Meters, { contexts, lease, rateLimits }: Pick<MeasuredParts, 'contexts' | 'lease' | 'rateLimits'>): void {
  meters.gauge('bailiwick_key_cache_entries', 'API keys that are remembered.', () => contexts.counts.entries);
  meters.gauge('bailiwick_key_cache_hits_total', 'Keys that were looked up and remembered.', () => contexts.counts.hits);
  meters.gauge('bailiwick_key_cache_misses_total', 'Keys that were looked up and had to be read.', () => contexts.counts.misses);
  meters.gauge(
    'bailiwick_rate_limit_fallbacks_total',
    'Uses counted by this process alone, for want of Redis.',
    () => rateLimits.fallbacks,
  );
  if (rateLimits.state() !== 'unused')
    meters.gauge('bailiwick_redis_up', 'Whether Redis answers.', () => (rateLimits.state() === 'up' ? 1 : 0));
  if (!lease) return;
  meters.gauge(
    'bailiwick_lease_age_seconds',
    'Since when what is remembered may be relied on; beyond 0.5 it may not.',
    () => lease.age() / 1_000,
  );
  meters.gauge('bailiwick_lease_held', 'Whether what is remembered may be relied on.', () => (lease.holds() ? 1 : 0));
  meters.gauge('bailiwick_withdrawal_number', 'The number up to which this replica has applied withdrawals.', () => lease.appliedUpTo());
}

/** Shows how much waits in the parts of the service; what those tell themselves is answered. */
export function measureParts(meters: Meters, { database, passwords, uses, denials, jobs, ...remembering }: MeasuredParts) {
  measureMemory(meters, remembering);
  for (const use of ['reading', 'writing', 'keys', 'log'] as const) {
    meters.gauge(
      `bailiwick_database_${use}_connections_busy`,
      `Connections in use, of those for ${lanes[use]}.`,
      () => database.load()[use].busy,
    );
    meters.gauge(
      `bailiwick_database_${use}_queue_depth`,
      `Who waits for one of those for ${lanes[use]}.`,
      () => database.load()[use].waiting,
    );
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
