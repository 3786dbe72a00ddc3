import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { PermissionScalar } from '../graphql/scalars.js';
import { RoleType } from './RoleType.js';

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
