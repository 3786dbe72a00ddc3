import { ArgsType, Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { SearchArgs } from '../graphql/connection.js';
import { UserType } from '../people/UserType.js';
import { ApplicationType, OrganizationType, UserGroupType, WorkspaceType } from './NamespaceType.js';

@InputType()
abstract class DescribedInput {
  @Field(() => String, { description: '1 to 100 characters after trimming; no control characters.' })
  name: string;

  @Field(() => String, { nullable: true, description: 'Up to 500 characters.' })
  description?: string | null;
}

@InputType()
abstract class RedescribedInput {
  @Field(() => ID, { description: 'What is changed.' })
  id: string;

  @Field(() => String, { nullable: true, description: 'Left out: kept. It cannot be empty or null.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'Left out: kept. Null: cleared.' })
  description?: string | null;
}

@InputType({ description: 'The person who will own a new organization.' })
export class NewOwnerInput {
  @Field(() => String, { description: '1 to 100 characters.' })
  name: string;

  @Field(() => String, { description: 'An e-mail address of at most 254 characters; they sign in with it.' })
  email: string;

  @Field(() => String, { nullable: true, description: '12 characters to 72 bytes. Left out: a temporary one is told once.' })
  password?: string | null;
}

@InputType({ description: 'A new tenant with its first OWNER.' })
export class CreateOrganizationInput extends DescribedInput {
  @Field(() => NewOwnerInput, { description: 'Its first OWNER.' })
  owner: NewOwnerInput;
}

@InputType({ description: 'What is deleted.' })
export class DeleteNamespaceInput {
  @Field(() => ID, { description: 'A namespace of any kind that holds no other; its `:delete` is needed there.' })
  id: string;
}

@InputType({ description: 'A new application.' })
export class CreateApplicationInput extends DescribedInput {
  @Field(() => ID, { description: 'The organization in which it will stand; `application:create` is needed there.' })
  organizationId: string;
}

@InputType({ description: 'A new workspace.' })
export class CreateWorkspaceInput extends DescribedInput {
  @Field(() => ID, { description: 'The application in which it will stand; `workspace:create` is needed there.' })
  applicationId: string;
}

@InputType({ description: 'A new user group, in exactly one of the two parents; `userGroup:create` is needed there.' })
export class CreateUserGroupInput extends DescribedInput {
  @Field(() => ID, { nullable: true, description: 'The organization, for a group of the organization.' })
  organizationId?: string | null;

  @Field(() => ID, { nullable: true, description: 'The application, for a group of an application.' })
  applicationId?: string | null;
}

@InputType({
  description:
    'What changes of an organization: `organization:edit` is needed for its name and description, `organization:manage` for the rest.',
})
export class UpdateOrganizationInput extends RedescribedInput {
  @Field(() => Boolean, {
    nullable: true,
    description: 'Left out: kept. False: only who holds `apiKey:createForUser` or `apiKey:manage` creates keys, also for themselves.',
  })
  membersMayCreateApiKeys?: boolean | null;

  @Field(() => Int, { nullable: true, description: 'Left out: kept. 1 to 3,650: a new key needs an expiry within it. Null: no limit.' })
  maxApiKeyLifetimeDays?: number | null;
}

@InputType({ description: 'What changes of an application; `application:edit` is needed there.' })
export class UpdateApplicationInput extends RedescribedInput {}

@InputType({ description: 'What changes of a workspace; `workspace:edit` is needed there.' })
export class UpdateWorkspaceInput extends RedescribedInput {}

@InputType({ description: 'What changes of a user group; `userGroup:edit` is needed there.' })
export class UpdateUserGroupInput extends RedescribedInput {}

@ObjectType({ description: 'The tenant that was created, with its first OWNER.' })
export class CreateOrganizationPayload {
  @Field(() => OrganizationType, { description: 'The new organization, shown here although only its own people see it.' })
  organization: unknown;

  @Field(() => UserType, { description: 'Its first OWNER.' })
  owner: unknown;

  @Field(() => String, { nullable: true, description: 'Told once, where no password was given; to be changed at first sign-in.' })
  temporaryPassword: string | null;
}

@ObjectType({ description: 'The namespace is gone.' })
export class DeleteNamespacePayload {
  @Field(() => ID, { description: 'The id it had.' })
  deletedNamespaceId: string;
}

@ObjectType({ description: 'The application that was created. Whoever created it holds ADMIN in it.' })
export class CreateApplicationPayload {
  @Field(() => ApplicationType, { description: 'The new application.' })
  application: unknown;
}

@ObjectType({ description: 'The workspace that was created. Whoever created it holds ADMIN in it.' })
export class CreateWorkspacePayload {
  @Field(() => WorkspaceType, { description: 'The new workspace.' })
  workspace: unknown;
}

@ObjectType({ description: 'The user group that was created. Whoever created it holds ADMIN in it.' })
export class CreateUserGroupPayload {
  @Field(() => UserGroupType, { description: 'The new group.' })
  userGroup: unknown;
}

@ObjectType({ description: 'The organization as it is now.' })
export class UpdateOrganizationPayload {
  @Field(() => OrganizationType, { description: 'The organization.' })
  organization: unknown;
}

@ObjectType({ description: 'The application as it is now.' })
export class UpdateApplicationPayload {
  @Field(() => ApplicationType, { description: 'The application.' })
  application: unknown;
}

@ObjectType({ description: 'The workspace as it is now.' })
export class UpdateWorkspacePayload {
  @Field(() => WorkspaceType, { description: 'The workspace.' })
  workspace: unknown;
}

@ObjectType({ description: 'The user group as it is now.' })
export class UpdateUserGroupPayload {
  @Field(() => UserGroupType, { description: 'The group.' })
  userGroup: unknown;
}

@ArgsType()
export class ApplicationsArgs extends SearchArgs {
  @Field(() => ID, { nullable: true, description: 'Only those of this organization.' })
  organizationId?: string | null;
}

@ArgsType()
export class WorkspacesArgs extends SearchArgs {
  @Field(() => ID, { nullable: true, description: 'Only those of this application.' })
  applicationId?: string | null;
}

@ArgsType()
export class UserGroupsArgs extends SearchArgs {
  @Field(() => ID, { nullable: true, description: 'Only those of this organization, also those of its applications.' })
  organizationId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Only those of this application.' })
  applicationId?: string | null;
}
