import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { PermissionScalar } from '../graphql/scalars.js';
import { PermissionDefinitionType, RoleType } from './RoleType.js';

@InputType({ description: "A new role of the organization's own; `role:manage` is needed there, and all that the role will hold." })
export class CreateRoleInput {
  @Field(() => ID, { description: 'The organization whose role it will be.' })
  organizationId: string;

  @Field(() => String, {
    description: '1 to 100 characters after trimming; unique in the organization and none of the built-in names, in whatever case.',
  })
  name: string;

  @Field(() => String, { nullable: true, description: 'Up to 500 characters.' })
  description?: string | null;

  @Field(() => [PermissionScalar], { description: "1 to 100 permissions of the organization's catalogue." })
  permissions: string[];
}

@InputType({
  description:
    'What changes of a custom role; `role:manage` is needed, and what is added must be held in the organization and wherever the role is granted.',
})
export class UpdateRoleInput {
  @Field(() => ID, { description: 'The role.' })
  id: string;

  @Field(() => String, { nullable: true, description: 'Left out: kept. It cannot be empty or null.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'Left out: kept. Null: cleared.' })
  description?: string | null;

  @Field(() => [PermissionScalar], {
    nullable: true,
    description: 'The whole new list, 1 to 100. Left out: kept. It cannot be empty or null.',
  })
  permissions?: string[] | null;
}

@InputType({ description: 'A custom role that nobody is granted any more; `role:manage` is needed.' })
export class DeleteRoleInput {
  @Field(() => ID, { description: 'The role.' })
  id: string;
}

@ObjectType({ description: 'The role that was created.' })
export class CreateRolePayload {
  @Field(() => RoleType, { description: 'The new role.' })
  role: unknown;
}

@ObjectType({ description: 'The role as it is now.' })
export class UpdateRolePayload {
  @Field(() => RoleType, { description: 'The role.' })
  role: unknown;
}

@ObjectType({ description: 'The role is gone; keys that were issued at it keep their permissions.' })
export class DeleteRolePayload {
  @Field(() => ID, { description: 'The id of the role that was deleted.' })
  deletedRoleId: string;
}

@InputType({ description: "A permission of the tenant's own services; `role:manage` is needed in the organization." })
export class DefinePermissionInput {
  @Field(() => ID, { description: 'The organization whose catalogue gets it.' })
  organizationId: string;

  @Field(() => PermissionScalar, { description: '`resource:action`, under no resource that is built in.' })
  name: string;

  @Field(() => String, { description: 'What people read; 1 to 100 characters.' })
  label: string;

  @Field(() => String, { nullable: true, description: 'Up to 500 characters.' })
  description?: string | null;
}

@InputType({ description: 'A registered permission that goes; `role:manage` is needed in the organization.' })
export class RemovePermissionInput {
  @Field(() => ID, { description: 'The organization in whose catalogue it is.' })
  organizationId: string;

  @Field(() => PermissionScalar, { description: 'The permission.' })
  name: string;
}

@ObjectType({ description: 'The permission that was registered; OWNER and ADMIN hold it at once.' })
export class DefinePermissionPayload {
  @Field(() => PermissionDefinitionType, { description: 'The permission.' })
  permission: unknown;
}

@ObjectType({ description: 'The permission is gone from the catalogue.' })
export class RemovePermissionPayload {
  @Field(() => PermissionScalar, { description: 'The name it had.' })
  removedName: string;
}
