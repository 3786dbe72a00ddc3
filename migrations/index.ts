import { Namespaces0001 } from './0001_namespaces.js';
import { Tenants0002 } from './0002_tenants.js';
import { Users0003 } from './0003_users.js';
import { Roles0004 } from './0004_roles.js';
import { ApiKeys0005 } from './0005_api_keys.js';
import { Sessions0006 } from './0006_sessions.js';
import { AuditEvents0007 } from './0007_audit_events.js';
import { TenantSettings0008 } from './0008_tenant_settings.js';
import { KeySettings0009 } from './0009_key_settings.js';
import { RetiredSecrets0010 } from './0010_retired_secrets.js';
import { IdempotencyKeys0011 } from './0011_idempotency_keys.js';
import { KeyLists0012 } from './0012_key_lists.js';
import { Usage0014 } from './0014_usage.js';
import { VerificationLogs0015 } from './0015_verification_logs.js';
import { SharedSecrets0016 } from './0016_shared_secrets.js';
import { Webhooks0017 } from './0017_webhooks.js';
import { Jobs0018 } from './0018_jobs.js';
import { PreviousIssuers0019 } from './0019_previous_issuers.js';
import { WordNames0020 } from './0020_word_names.js';
import { Withdrawals0022 } from './0022_withdrawals.js';

/** The migrations in the order in which they run; a new one is one more line, an old one is never edited. */
export const migrations = [
  Namespaces0001,
  Tenants0002,
  Users0003,
  Roles0004,
  ApiKeys0005,
  Sessions0006,
  AuditEvents0007,
  TenantSettings0008,
  KeySettings0009,
  RetiredSecrets0010,
  IdempotencyKeys0011,
  KeyLists0012,
  Usage0014,
  VerificationLogs0015,
  SharedSecrets0016,
  Webhooks0017,
  Jobs0018,
  PreviousIssuers0019,
  WordNames0020,
  Withdrawals0022,
] as const;
