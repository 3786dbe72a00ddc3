import type { Action } from '../../../src/authority/index.js';
import type { VerifyApiKeyInput } from '../../generated/documents.js';
import type { Service } from '../service.js';
import type { TestKey, TestPerson, TestTenant } from '../tenant.js';

export type Question = Omit<VerifyApiKeyInput, 'key'>;

/** Where the cases are made: a test sets it before each. */
export const world = {} as { service: Service; tenant: TestTenant };

/** A key, what it is asked, and what changes the answer; then what changes it back. */
export interface Case {
  readonly key: { readonly key: string };
  readonly question?: Question;
  /** The answer before; VALID if left out. */
  readonly before?: string;
  readonly change: () => Promise<unknown>;
  readonly then: string;
  readonly back?: () => Promise<unknown>;
}

export const run = (field: string, input: object, selection: string): Promise<Record<string, Record<string, unknown>>> => {
  const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
  return world.tenant.owner.client.ask(`mutation ($input: ${type}!) { ${field}(input: $input) { ${selection} } }`, { input });
};
export const editKey = (id: string, edit: object) => run('updateApiKey', { id, ...edit }, 'apiKey { id }');
export const ASKED = 'service:manage';

/** Somebody who holds one role in one place, and a key of theirs there. */
export async function holder(roleId = 'rol_service_author', namespaceId = world.tenant.organizationId) {
  const person = await world.tenant.person('Ada');
  const grant = await world.tenant.grant(person.id, roleId, namespaceId);
  return { person, grant, key: await world.tenant.key({ by: person.client, namespaceId, permissions: [ASKED] }) };
}

/** A key of one person that another has issued, who is an admin. */
export async function issued(): Promise<{ issuer: TestPerson; key: TestKey; grant: string }> {
  const user = await world.tenant.serviceUser('Robot', ['rol_service_author']);
  const issuer = await world.tenant.person('Eve');
  const grant = await world.tenant.grant(issuer.id, 'rol_admin');
  return { issuer, grant, key: await world.tenant.key({ by: issuer.client, forUser: user, permissions: [ASKED] }) };
}

/** A key that asks about another namespace than its home. */
export async function elsewhere() {
  const application = await world.tenant.application();
  const workspace = await world.tenant.workspace(application);
  const person = await world.tenant.person('Ada', ['rol_editor', application]);
  const grant = await world.tenant.grant(person.id, 'rol_editor', workspace);
  const key = await world.tenant.key({ by: person.client, namespaceId: application, permissions: ['workspace:edit'] });
  return { key, question: { namespaceId: workspace, permissions: ['workspace:edit'] }, workspace, person, grant };
}

/** So much time passes. */
export function later(milliseconds: number): Promise<void> {
  world.service.clock.advance(milliseconds);
  return Promise.resolve();
}

/** What is done, whatever it is called, and how that changes what is known of a key. */
export type Cases = Readonly<Record<string, readonly [action: Action, make: () => Promise<Case>]>>;
