import type { Act } from '../access/index.js';
import { auditEventsById } from '../audit/index.js';
import type { Rows } from '../database/index.js';
import { idKind } from '../domain/index.js';
import { viewJob } from '../jobs/index.js';
import { viewApiKey } from '../keys/index.js';
import { mayViewNamespace, namespacesById } from '../namespaces/index.js';
import { mayViewUser, usersById } from '../people/index.js';
import { mayViewAuditEvent } from '../trail/index.js';
import { mayViewWebhooks, webhooksById } from '../webhooks/index.js';
import { viewVerificationLog } from '../usage/index.js';
import { grantsById, mayViewGrant, mayViewRole, rolesById } from '../roles/index.js';

type Found = { readonly id: string } | null;

async function seen<T extends { readonly id: string }>(
  act: Act,
  batch: (rows: Rows, ids: readonly string[]) => Promise<readonly (T | null)[]>,
  id: string,
  sees: (thing: T) => Promise<boolean>,
): Promise<Found> {
  const [thing] = await batch(act.rows, [id]);
  return thing && (await sees(thing)) ? thing : null;
}

/** Anything with an id that the caller sees. What is absent, foreign or malformed is null: never told apart. */
export async function findNode(act: Act, id: string): Promise<Found> {
  switch (idKind(id)) {
    case 'org':
    case 'app':
    case 'wks':
    case 'grp':
      return seen(act, namespacesById, id, () => mayViewNamespace(act, id));
    case 'usr':
      return seen(act, usersById, id, () => mayViewUser(act, id));
    case 'rol':
      return seen(act, rolesById, id, (role) => mayViewRole(act, role));
    case 'grt':
      return seen(act, grantsById, id, (grant) => mayViewGrant(act, grant));
    case 'aud':
      return seen(act, auditEventsById, id, (event) => mayViewAuditEvent(act, event));
    case 'whk':
      return seen(act, webhooksById, id, ({ organizationId }) => mayViewWebhooks(act, organizationId));
    case 'key':
      return viewApiKey(act, id);
    case 'job':
      return viewJob(act, id);
    case 'log':
      return viewVerificationLog(act, id);
    default:
      return null;
  }
}
