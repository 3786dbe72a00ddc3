import { AccessImpactDocument, type AccessImpactInput } from '../generated/documents.js';
import type { Answer, Client } from './client.js';
import type { TestTenant } from './tenant.js';

/** What keys lose, by their ids. */
export type Losses = Readonly<Record<string, readonly string[]>>;

/** What was told of an act before it was done, or why it was refused. */
export interface Preview {
  readonly code: string;
  readonly total: number;
  readonly losses: Losses;
}

/** Asks what an act would do to keys. */
export async function preview(by: Client, input: AccessImpactInput): Promise<Preview> {
  const { code, data } = await by.send(AccessImpactDocument, { input });
  const { total = 0, apiKeys = [] } = data?.accessImpact ?? {};
  return { code, total, losses: Object.fromEntries(apiKeys.map(({ apiKey, loses }) => [apiKey.id, loses])) };
}

/** Does the act itself. */
export function doIt(by: Client, input: AccessImpactInput): Promise<Answer<unknown>> {
  const { removeUserId, deactivateUserId, revokeGrantId, removeFromGroup, deleteNamespaceId, updateRole } = input;
  const act = (field: string, said: object): Promise<Answer<unknown>> =>
    by.send(`mutation ($input: ${field.charAt(0).toUpperCase()}${field.slice(1)}Input!) { ${field}(input: $input) { __typename } }`, {
      input: said,
    });
  if (removeUserId) return act('removeUser', { id: removeUserId });
  if (deactivateUserId) return act('setUserActive', { id: deactivateUserId, active: false });
  if (revokeGrantId) return act('revokeGrant', { id: revokeGrantId });
  if (removeFromGroup) return act('removeUserFromGroup', removeFromGroup);
  if (deleteNamespaceId) return act('deleteNamespace', { id: deleteNamespaceId });
  if (updateRole) return act('updateRole', { id: updateRole.roleId, permissions: updateRole.permissions });
  throw new Error('no act');
}

interface Listed {
  readonly apiKeys: {
    readonly nodes: readonly { readonly id: string; readonly effectivePermissions: readonly string[] }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

/** What each key of a tenant can do now, as its owner is shown. */
export async function strengthsOf(tenant: TestTenant): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  for (let after: string | null = null; ;) {
    const { apiKeys }: Listed = await tenant.owner.client.ask<Listed>(
      'query ($after: String) { apiKeys(first: 100, after: $after) { nodes { id effectivePermissions } pageInfo { hasNextPage endCursor } } }',
      { after },
    );
    for (const { id, effectivePermissions } of apiKeys.nodes) found.set(id, effectivePermissions);
    if (!apiKeys.pageInfo.hasNextPage) return found;
    after = apiKeys.pageInfo.endCursor;
  }
}

/** What keys could do before and cannot after. A key that is not listed any more has lost all. */
export function lost(before: ReadonlyMap<string, readonly string[]>, after: ReadonlyMap<string, readonly string[]>): Losses {
  const entries = [...before].map(([id, had]): [string, string[]] => [id, had.filter((name) => !after.get(id)?.includes(name)).sort()]);
  return Object.fromEntries(entries.filter(([, names]) => names.length > 0));
}
