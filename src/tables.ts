import { IdempotencyKeyRows } from './access/IdempotencyKeyRow.js';
import { TenantRows } from './access/TenantRow.js';
import { AuditEventRows } from './audit/AuditEventRow.js';
import { ApiKeyPermissionRows, ApiKeyWordNameRows, ApiKeyWordRows } from './keys/ApiKeyIndexRow.js';
import { JobFailureRows } from './jobs/JobFailureRow.js';
import { JobPartRows } from './jobs/JobPartRow.js';
import { JobRows } from './jobs/JobRow.js';
import { PeriodicTaskRows } from './jobs/PeriodicTaskRow.js';
import { ApiKeyRows } from './keys/ApiKeyRow.js';
import { RetiredSecretRows } from './keys/RetiredSecretRow.js';
import { ImportedCredentialRows } from './keys/ImportedCredentialRow.js';
import { InstallationRows } from './namespaces/InstallationRow.js';
import { NamespaceRows } from './namespaces/NamespaceRow.js';
import { GroupMemberRows } from './people/GroupMemberRow.js';
import { UserRows } from './people/UserRow.js';
import { GrantRows } from './roles/GrantRow.js';
import { PermissionDefinitionRows } from './roles/PermissionDefinitionRow.js';
import { RoleRows } from './roles/RoleRow.js';
import { SharedSecretRows } from './secrets/SharedSecretRow.js';
import { RefreshTokenRows } from './sessions/RefreshTokenRow.js';
import { SessionRows } from './sessions/SessionRow.js';
import { SigningKeyRows } from './sessions/SigningKeyRow.js';
import { UsageHourRows } from './usage/UsageHourRow.js';
import { VerificationLogRows } from './usage/VerificationLogRow.js';
import { WebhookDeliveryRows } from './webhooks/WebhookDeliveryRow.js';
import { WebhookLaneRows } from './webhooks/WebhookLaneRow.js';
import { WebhookRows } from './webhooks/WebhookRow.js';

/** Every table of the service. */
export const tables = [
  ApiKeyPermissionRows,
  ApiKeyRows,
  ApiKeyWordNameRows,
  ApiKeyWordRows,
  AuditEventRows,
  GrantRows,
  GroupMemberRows,
  IdempotencyKeyRows,
  ImportedCredentialRows,
  InstallationRows,
  JobFailureRows,
  JobPartRows,
  JobRows,
  NamespaceRows,
  PeriodicTaskRows,
  PermissionDefinitionRows,
  RefreshTokenRows,
  RetiredSecretRows,
  RoleRows,
  SessionRows,
  SharedSecretRows,
  SigningKeyRows,
  TenantRows,
  UsageHourRows,
  UserRows,
  VerificationLogRows,
  WebhookDeliveryRows,
  WebhookLaneRows,
  WebhookRows,
] as const;
