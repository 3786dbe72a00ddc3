import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { connectionType } from '../graphql/connection.js';
import { NodeType } from '../graphql/NodeType.js';
import { DateTimeScalar } from '../graphql/scalars.js';

export const UserKindEnum = { HUMAN: 'HUMAN', SERVICE: 'SERVICE' } as const;
registerEnumType(UserKindEnum, {
  name: 'UserKind',
  description: 'HUMAN signs in; SERVICE never does, and exists to hold the keys of an automation that should outlive a person.',
  valuesConfig: { HUMAN: { description: 'A person, who signs in.' }, SERVICE: { description: 'An automation, which never signs in.' } },
});

@ObjectType('User', {
  implements: [NodeType],
  description: 'Belongs to exactly one organization; the e-mail address is unique within it and never looked up across tenants.',
})
export class UserType extends NodeType {
  @Field(() => UserKindEnum, { description: 'Whether this is a person or an automation.' })
  kind: 'HUMAN' | 'SERVICE';

  @Field(() => String, { nullable: true, description: 'Null for a service user, and where the caller sees only the name-tag.' })
  email: string | null;

  @Field(() => String, { description: '1 to 100 characters.' })
  name: string;

  @Field(() => Boolean, { description: 'False: every session and every key of the user is refused at once; both come back with the user.' })
  active: boolean;

  @Field(() => DateTimeScalar, { description: 'When the user was created.' })
  createdAt: Date;
}

export const UserConnectionType = connectionType('User', () => UserType);
