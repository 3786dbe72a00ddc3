import { Field, InterfaceType, ObjectType, registerEnumType } from 'type-graphql';
import { connectionType } from '../graphql/connection.js';
import { NodeType, typeNameOf } from '../graphql/NodeType.js';
import { DateTimeScalar } from '../graphql/scalars.js';
import type { NamespaceKind } from '../authority/index.js';

export const NamespaceKindEnum = {
  ORGANIZATION: 'ORGANIZATION',
  APPLICATION: 'APPLICATION',
  WORKSPACE: 'WORKSPACE',
  USER_GROUP: 'USER_GROUP',
} as const;
registerEnumType(NamespaceKindEnum, {
  name: 'NamespaceKind',
  description: 'The four kinds of namespace.',
  valuesConfig: {
    ORGANIZATION: { description: 'A tenant.' },
    APPLICATION: { description: 'Stands in an organization.' },
    WORKSPACE: { description: 'Stands in an application.' },
    USER_GROUP: { description: 'Stands in an organization or in an application; a grant to it is held by each member.' },
  },
});

@InterfaceType('Namespace', {
  implements: [NodeType],
  resolveType: typeNameOf,
  description:
    'A flat sphere of authority. Where one stands inside another is a fact for display; access never passes from one to the other. ' +
    'Who may see a key or a grant sees a name-tag of its namespace, user, issuer, role and subject (id, kind, name, createdAt; the rest null or empty) ' +
    'even where they may not see the thing itself, and after it is gone; `node`, `namespace` and `user` stay null for it.',
})
export abstract class NamespaceType extends NodeType {
  @Field(() => NamespaceKindEnum, { description: 'Which of the four kinds this is.' })
  kind: NamespaceKind;

  @Field(() => String, { description: '1 to 100 characters. Not unique: ids are.' })
  name: string;

  @Field(() => String, {
    nullable: true,
    description: 'Up to 500 characters; null where there is none or the caller does not see the namespace.',
  })
  description: string | null;

  @Field(() => DateTimeScalar, { description: 'When it was created.' })
  createdAt: Date;
}

@ObjectType('Organization', {
  implements: [NodeType, NamespaceType],
  description: 'A tenant: an organization with all that belongs to it.',
})
export class OrganizationType extends NamespaceType {}

@ObjectType('Application', {
  implements: [NodeType, NamespaceType],
  description: 'Stands in an organization; holds workspaces and user groups.',
})
export class ApplicationType extends NamespaceType {}

@ObjectType('Workspace', { implements: [NodeType, NamespaceType], description: 'Stands in an application.' })
export class WorkspaceType extends NamespaceType {}

@ObjectType('UserGroup', {
  implements: [NodeType, NamespaceType],
  description:
    'Belongs to an organization or to an application. A grant to a group is held by each of its members. Members are of the same tenant.',
})
export class UserGroupType extends NamespaceType {}

export const OrganizationConnectionType = connectionType('Organization', () => OrganizationType);
export const ApplicationConnectionType = connectionType('Application', () => ApplicationType);
export const WorkspaceConnectionType = connectionType('Workspace', () => WorkspaceType);
export const UserGroupConnectionType = connectionType('UserGroup', () => UserGroupType);
