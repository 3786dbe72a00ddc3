import { ArgsType, Field, ID, InputType, ObjectType } from 'type-graphql';
import { PageArgs } from '../graphql/connection.js';
import { OrganizationType, UserGroupType } from '../namespaces/NamespaceType.js';
import { UserKindEnum, UserType } from './UserType.js';

@InputType({ description: 'A new user; `user:manage` is needed in the organization.' })
export class CreateUserInput {
  @Field(() => ID, { description: 'The organization to which the user will belong, for good.' })
  organizationId: string;

  @Field(() => UserKindEnum, { description: 'A person, or an automation that never signs in.' })
  kind: 'HUMAN' | 'SERVICE';

  @Field(() => String, { description: '1 to 100 characters after trimming; no control characters.' })
  name: string;

  @Field(() => String, {
    nullable: true,
    description: 'Needed for a person, who signs in with it; unique in the organization. A service user has none.',
  })
  email?: string | null;

  @Field(() => String, {
    nullable: true,
    description: '12 characters to 72 bytes. Left out, a person gets a temporary one. A service user has none.',
  })
  password?: string | null;
}

@InputType({ description: 'What changes of a user. People rename themselves; all else needs `user:manage` in the organization.' })
export class UpdateUserInput {
  @Field(() => ID, { description: 'The user.' })
  id: string;

  @Field(() => String, { nullable: true, description: 'Left out: kept. It cannot be empty or null.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'Left out: kept. It cannot be empty or null; a service user has none.' })
  email?: string | null;
}

@InputType({
  description:
    'Whether a user may act; `user:manage` is needed in the organization and, for OWNERs and ADMINs, `owner:manage` or `admin:manage`. ' +
    'To bring somebody back one must hold all that they are granted. One active OWNER always stays.',
})
export class SetUserActiveInput {
  @Field(() => ID, { description: 'The user.' })
  id: string;

  @Field(() => Boolean, { description: 'False: every session and every key of the user is refused at once. True: both come back.' })
  active: boolean;
}

@InputType({ description: 'A person whose password is lost; `user:manage` is needed in the organization.' })
export class ResetUserPasswordInput {
  @Field(() => ID, { description: 'The person.' })
  id: string;
}

@InputType({ description: 'A user to be removed for good; `user:manage` is needed in the organization. One active OWNER always stays.' })
export class RemoveUserInput {
  @Field(() => ID, { description: 'The user.' })
  id: string;
}

@InputType({
  description: 'A new member of a group; `userGroup:manageMembers` is needed in the group, and all that the group is granted anywhere.',
})
export class AddUserToGroupInput {
  @Field(() => ID, { description: 'The group.' })
  userGroupId: string;

  @Field(() => ID, { description: 'The user, of the same organization.' })
  userId: string;
}

@InputType({ description: 'A member who leaves a group; `userGroup:manageMembers` is needed in the group.' })
export class RemoveUserFromGroupInput {
  @Field(() => ID, { description: 'The group.' })
  userGroupId: string;

  @Field(() => ID, { description: 'The member.' })
  userId: string;
}

@ObjectType({ description: 'The user that was created.' })
export class CreateUserPayload {
  @Field(() => UserType, { description: 'The new user.' })
  user: unknown;

  @Field(() => String, {
    nullable: true,
    description: 'Told in this one answer, where no password was given; to be changed at first sign-in.',
  })
  temporaryPassword: string | null;
}

@ObjectType({ description: 'The user as they are now.' })
export class UpdateUserPayload {
  @Field(() => UserType, { description: 'The user.' })
  user: unknown;
}

@ObjectType({ description: 'The user as they are now.' })
export class SetUserActivePayload {
  @Field(() => UserType, { description: 'The user.' })
  user: unknown;
}

@ObjectType({ description: "The person's sessions have ended; they sign in anew with the temporary password." })
export class ResetUserPasswordPayload {
  @Field(() => UserType, { description: 'The person.' })
  user: unknown;

  @Field(() => String, { description: 'Told in this one answer; to be changed at the next sign-in.' })
  temporaryPassword: string;
}

@ObjectType({ description: 'The user is gone; their name-tag stays where they left traces.' })
export class RemoveUserPayload {
  @Field(() => ID, { description: 'The id of the user who was removed.' })
  removedUserId: string;

  @Field(() => OrganizationType, { description: 'The organization to which they belonged.' })
  organization: unknown;
}

@ObjectType({ description: 'The group with its new member.' })
export class AddUserToGroupPayload {
  @Field(() => UserGroupType, { description: 'The group.' })
  userGroup: unknown;
}

@ObjectType({ description: 'The group without the member.' })
export class RemoveUserFromGroupPayload {
  @Field(() => UserGroupType, { description: 'The group.' })
  userGroup: unknown;
}

@ArgsType()
export class UsersArgs extends PageArgs {
  @Field(() => String, {
    nullable: true,
    description: 'The start of a name or of an e-mail address; upper and lower case are the same. At most 100 characters.',
  })
  search?: string | null;
}
