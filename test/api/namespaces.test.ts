import {
  CreateApplicationDocument,
  CreateUserGroupDocument,
  CreateWorkspaceDocument,
  NamespaceDocument,
  type NamespaceKind,
  UpdateApplicationDocument,
  UpdateOrganizationDocument,
  UpdateUserGroupDocument,
  UpdateWorkspaceDocument,
  UserDocument,
} from '../generated/documents.js';
import type { Answer, Client } from '../support/client.js';
import { type Service, startService } from '../support/service.js';
import { foundTenant, type TestPerson, type TestTenant } from '../support/tenant.js';

let service: Service;
let tenant: TestTenant;
let application: string;
let workspace: string;
let group: string;

beforeAll(async () => {
  service = await startService();
  tenant = await foundTenant(service);
  application = await tenant.application();
  workspace = await tenant.workspace(application);
  group = await tenant.group();
});
afterAll(() => service.stop());

type Result = Answer<unknown>;
interface Said {
  readonly name?: string;
  readonly description?: string | null;
}
/** The four ways to make a namespace: its kind, where, and who may. */
const creations: readonly {
  readonly what: string;
  readonly kind: NamespaceKind;
  readonly parent: () => string;
  readonly needs: string;
  readonly create: (client: Client, said?: Said, parent?: string) => Promise<Result>;
}[] = [
  {
    what: 'an application',
    kind: 'APPLICATION',
    parent: () => tenant.organizationId,
    needs: 'application:create',
    create: (client, said, organizationId = tenant.organizationId) =>
      client.send(CreateApplicationDocument, { input: { name: 'New', organizationId, ...said } }),
  },
  {
    what: 'a workspace',
    kind: 'WORKSPACE',
    parent: () => application,
    needs: 'workspace:create',
    create: (client, said, applicationId = application) =>
      client.send(CreateWorkspaceDocument, { input: { name: 'New', applicationId, ...said } }),
  },
  {
    what: 'a user group of an organization',
    kind: 'USER_GROUP',
    parent: () => tenant.organizationId,
    needs: 'userGroup:create',
    create: (client, said, organizationId = tenant.organizationId) =>
      client.send(CreateUserGroupDocument, { input: { name: 'New', organizationId, ...said } }),
  },
  {
    what: 'a user group of an application',
    kind: 'USER_GROUP',
    parent: () => application,
    needs: 'userGroup:create',
    create: (client, said, applicationId = application) =>
      client.send(CreateUserGroupDocument, { input: { name: 'New', applicationId, ...said } }),
  },
];

interface Made {
  readonly id: string;
  readonly kind: NamespaceKind;
  readonly name: string;
  readonly description: string | null;
  readonly viewerPermissions: readonly string[];
}
const made = ({ data, text }: Result): Made => {
  const found = Object.values(Object.values((data ?? {}) as Record<string, Record<string, Made>>)[0] ?? {})[0];
  if (!found) throw new Error(`nothing was made: ${text}`);
  return found;
};
const refused = (code: string, field: string) => ({ code, field, status: 200 });

describe.each(creations)('creating $what', ({ kind, parent, needs, create }) => {
  test('gives it the name as it is trimmed, and its creator ADMIN in it and nowhere else', async () => {
    const person = await tenant.person(`Creator of ${kind} ${Math.random()}`, ['rol_admin', parent()]);
    const namespace = made(await create(person.client, { name: '  Ünï 🌱 code  ', description: 'What it is for' }));
    expect(namespace).toMatchObject({ kind, name: 'Ünï 🌱 code', description: 'What it is for' });
    const { user } = await person.client.ask(UserDocument, { id: person.id, namespaceId: namespace.id });
    expect(user?.grants.nodes.map(({ role, namespace: where }) => [role.id, where.id])).toEqual([
      ['rol_admin', parent()],
      ['rol_admin', namespace.id],
    ]);
    expect(namespace.viewerPermissions).toEqual(user?.permissions);
    expect(namespace.viewerPermissions).not.toContain('owner:manage');
  });

  test('is for who holds its :create in the parent; whoever does not see the parent is told that there is nothing (S3.15)', async () => {
    const [admin, editor, nobody] = await persons(['rol_admin', parent()], ['rol_editor', parent()]);
    expect((await create(admin!.client)).code).toBe('OK');
    const field = `input.${parent() === application ? 'applicationId' : 'organizationId'}`;
    expect(await create(editor!.client)).toMatchObject({
      code: 'FORBIDDEN',
      errors: [{ extensions: { missingPermissions: [needs] } }],
    });
    expect(await create(nobody!.client)).toMatchObject(refused('NOT_FOUND', field));
    expect(await create(service.anonymous)).toMatchObject({ code: 'UNAUTHENTICATED' });
    const other = await foundTenant(service);
    expect(await create(other.owner.client)).toMatchObject(refused('NOT_FOUND', field));
    expect(await create(admin!.client, {}, 'org_nonsense')).toMatchObject(refused('BAD_USER_INPUT', field));
    expect(await create(admin!.client, {}, workspace)).toMatchObject(refused('NOT_FOUND', field));
    expect(await create(admin!.client, {}, `${parent().slice(0, 4)}01jzzzzzzzzzzzzzzzzzzzzzzz`)).toMatchObject(refused('NOT_FOUND', field));
  });

  test.each([
    ['no letter', { name: ' \u2003 ' }, 'input.name'],
    ['101 characters', { name: '🌱'.repeat(101) }, 'input.name'],
    ['a line break', { name: 'two\nlines' }, 'input.name'],
    ['a NUL', { name: 'nul\u0000' }, 'input.name'],
    ['half of a surrogate pair', { name: 'half \ud83c' }, 'input.name'],
    ['a description of 501 characters', { description: 'd'.repeat(501) }, 'input.description'],
  ])('with %s in its name or description is refused with the field', async (_what, said, field) => {
    expect(await create(tenant.owner.client, said)).toMatchObject(refused('BAD_USER_INPUT', field));
  });

  test('with a name of 100 characters is fine, also where they are not in the basic plane', async () => {
    expect(made(await create(tenant.owner.client, { name: '🌱'.repeat(100) })).name).toBe('🌱'.repeat(100));
  });
});

let number = 0;
/** Somebody with each of these roles, and somebody with none. */
const persons = (...roles: readonly (readonly [string, string])[]): Promise<TestPerson[]> =>
  Promise.all([...roles.map((role) => tenant.person(`Person ${(number += 1)}`, role)), tenant.person(`Person ${(number += 1)}`)]);

describe('creating a user group', () => {
  test('needs exactly one of the two parents', async () => {
    for (const parents of [{}, { organizationId: tenant.organizationId, applicationId: application }, { organizationId: null }]) {
      const answer = await tenant.owner.client.send(CreateUserGroupDocument, { input: { name: 'New', ...parents } });
      expect(answer).toMatchObject(refused('BAD_USER_INPUT', 'input.organizationId'));
    }
  });
});

describe('rights do not follow containment (S3.15)', () => {
  test('an ADMIN of the organization creates, sees and edits nothing in an application that somebody else made', async () => {
    const [admin] = await persons(['rol_admin', tenant.organizationId]);
    expect((await admin!.client.ask(NamespaceDocument, { id: application })).namespace).toBeNull();
    const create = { input: { applicationId: application, name: 'Not mine' } };
    expect(await admin!.client.send(CreateWorkspaceDocument, create)).toMatchObject(refused('NOT_FOUND', 'input.applicationId'));
    const update = { input: { id: application, name: 'Not mine' } };
    expect(await admin!.client.send(UpdateApplicationDocument, update)).toMatchObject(refused('NOT_FOUND', 'input.id'));
  });

  test('an ADMIN of an application holds nothing in its workspaces and groups, nor in its organization', async () => {
    const [admin] = await persons(['rol_admin', application]);
    const groupInside = await tenant.group(application);
    for (const id of [workspace, groupInside, tenant.organizationId]) {
      expect((await admin!.client.ask(NamespaceDocument, { id })).namespace).toBeNull();
      const { user } = await admin!.client.ask(UserDocument, { id: admin!.id, namespaceId: id });
      expect(user?.permissions).toEqual([]);
    }
  });

  test('the OWNER sees what they hold nothing in, and may do nothing there until they grant it to themselves', async () => {
    const [admin] = await persons(['rol_admin', tenant.organizationId]);
    const id = await tenant.application('Of an admin', admin!.client);
    const seen = (await tenant.owner.client.ask(NamespaceDocument, { id })).namespace;
    expect(seen).toMatchObject({ name: 'Of an admin', viewerPermissions: [] });
    const rename = { input: { id, name: 'Recovered' } };
    expect(await tenant.owner.client.send(UpdateApplicationDocument, rename)).toMatchObject({ code: 'FORBIDDEN' });
    await tenant.grant(tenant.owner.id, 'rol_editor', id);
    expect((await tenant.owner.client.send(UpdateApplicationDocument, rename)).code).toBe('OK');
  });
});

interface Change {
  readonly name?: string | null;
  readonly description?: string | null;
}
const updates: readonly {
  readonly what: string;
  readonly id: () => string;
  readonly needs: string;
  readonly update: (client: Client, said: Change, id?: string) => Promise<Result>;
}[] = [
  {
    what: 'an organization',
    id: () => tenant.organizationId,
    needs: 'organization:edit',
    update: (client, said, id = tenant.organizationId) => client.send(UpdateOrganizationDocument, { input: { id, ...said } }),
  },
  {
    what: 'an application',
    id: () => application,
    needs: 'application:edit',
    update: (client, said, id = application) => client.send(UpdateApplicationDocument, { input: { id, ...said } }),
  },
  {
    what: 'a workspace',
    id: () => workspace,
    needs: 'workspace:edit',
    update: (client, said, id = workspace) => client.send(UpdateWorkspaceDocument, { input: { id, ...said } }),
  },
  {
    what: 'a user group',
    id: () => group,
    needs: 'userGroup:edit',
    update: (client, said, id = group) => client.send(UpdateUserGroupDocument, { input: { id, ...said } }),
  },
];

describe.each(updates)('updating $what', ({ id, needs, update }) => {
  test('keeps what is left out, clears what is null, and refuses null where it cannot be empty', async () => {
    const { client } = tenant.owner;
    expect(made(await update(client, { name: 'One', description: 'Two' }))).toMatchObject({ id: id(), name: 'One', description: 'Two' });
    expect(made(await update(client, { name: 'Three' }))).toMatchObject({ name: 'Three', description: 'Two' });
    expect(made(await update(client, { description: null }))).toMatchObject({ name: 'Three', description: null });
    expect(made(await update(client, {}))).toMatchObject({ name: 'Three', description: null });
    expect(await update(client, { name: null })).toMatchObject(refused('BAD_USER_INPUT', 'input.name'));
    expect(await update(client, { name: '' })).toMatchObject(refused('BAD_USER_INPUT', 'input.name'));
    expect((await client.ask(NamespaceDocument, { id: id() })).namespace).toMatchObject({ name: 'Three', description: null });
  });

  test('is for who holds its :edit there; seeing it is not enough, and holding it elsewhere is nothing (S3.16)', async () => {
    const [editor, viewer, elsewhere, nobody] = await persons(
      ['rol_editor', id()],
      ['rol_viewer', id()],
      ['rol_editor', id() === application ? workspace : application],
    );
    expect(made(await update(editor!.client, { name: 'Edited' })).name).toBe('Edited');
    expect(await update(viewer!.client, { name: 'Not edited' })).toMatchObject({
      code: 'FORBIDDEN',
      errors: [{ extensions: { missingPermissions: [needs] } }],
    });
    for (const { client } of [elsewhere!, nobody!]) {
      expect(await update(client, { name: 'Not edited' })).toMatchObject(refused('NOT_FOUND', 'input.id'));
    }
    expect(await update(service.anonymous, { name: 'Not edited' })).toMatchObject({ code: 'UNAUTHENTICATED' });
    const wrongKind = id() === group ? workspace : group;
    expect(await update(tenant.owner.client, { name: 'x' }, wrongKind)).toMatchObject(refused('NOT_FOUND', 'input.id'));
    expect(await update(tenant.owner.client, { name: 'x' }, 'nonsense')).toMatchObject(refused('BAD_USER_INPUT', 'input.id'));
    expect((await tenant.owner.client.ask(NamespaceDocument, { id: id() })).namespace).toMatchObject({ name: 'Edited' });
  });
});
