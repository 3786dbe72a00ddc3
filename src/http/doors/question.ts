import { isPermissionName, type Permission } from '../../authority/index.js';
import { nameText } from '../../domain/index.js';
import type { VerificationQuestion } from '../../verification/index.js';
import { badRequest } from './problems.js';

const MOST_PERMISSIONS = 100;
const LONGEST_NAMESPACE = 100;

/** What is asked about a credential, as it is written in parameters. An empty one is refused: it would ask for less than it seems to. */
export interface Written {
  readonly namespace?: string | undefined;
  readonly permissions?: readonly string[] | undefined;
  /** `type:id`. */
  readonly resource?: string | undefined;
}

/** What is asked about a credential, but for the credential and the address of its bearer. */
export type Asked = Pick<VerificationQuestion, 'namespaceId' | 'permissions' | 'resource'>;

/** Reads what is asked. `permissionsIn` names the parameter that holds permissions. */
export function readAsked({ namespace, permissions, resource }: Written, permissionsIn: string): Asked {
  return {
    ...(namespace !== undefined && { namespaceId: namespaceOf(namespace) }),
    ...(permissions !== undefined && { permissions: permissionsOf(permissions, permissionsIn) }),
    ...(resource !== undefined && { resource: resourceOf(resource) }),
  };
}

function namespaceOf(text: string): string {
  if (text === '' || text.length > LONGEST_NAMESPACE) throw badRequest('namespace must be the id of a namespace.');
  return text;
}

function permissionsOf(names: readonly string[], where: string): Permission[] {
  if (names.length === 0 || names.length > MOST_PERMISSIONS) throw badRequest(`${where} must name 1 to ${MOST_PERMISSIONS} permissions.`);
  return names.map((name) => {
    if (!isPermissionName(name)) throw badRequest(`${where} must name permissions, each written as resource:action.`);
    return name;
  });
}

function resourceOf(text: string): { type: string; id: string } {
  const colon = text.indexOf(':');
  const [type, id] = [nameText.safeParse(text.slice(0, Math.max(colon, 0))), nameText.safeParse(text.slice(colon + 1))];
  if (!type.success || !id.success) throw badRequest('resource must be written as type:id, each of 1 to 100 characters.');
  return { type: type.data, id: id.data };
}
