import { createUnionType, Field, ObjectType } from 'type-graphql';
import { connectionType } from '../graphql/connection.js';
import { NodeType, typeNameOf } from '../graphql/NodeType.js';
import { DateTimeScalar } from '../graphql/scalars.js';
import { UserGroupType } from '../namespaces/NamespaceType.js';
import { UserType } from '../people/UserType.js';

export const GrantSubjectUnion = createUnionType({
  name: 'GrantSubject',
  description: 'Who is granted a role: a user, or a user group for each of its members.',
  types: () => [UserType, UserGroupType] as const,
  resolveType: typeNameOf,
});

@ObjectType('Grant', { implements: [NodeType], description: 'A user or a user group holds a role in exactly one namespace.' })
export class GrantType extends NodeType {
  @Field(() => DateTimeScalar, { description: 'When it was granted.' })
  createdAt: Date;
}

export const GrantConnectionType = connectionType('Grant', () => GrantType);
