import { Field, ObjectType } from 'type-graphql';
import { NodeType } from '../graphql/NodeType.js';
import { PermissionScalar } from '../graphql/scalars.js';

@ObjectType('Role', {
  implements: [NodeType],
  description:
    'A named set of permissions. Built in, with the fixed ids rol_owner, rol_admin, rol_service_author, rol_policy_author, ' +
    'rol_event_writer, rol_read_only, rol_editor, rol_viewer.',
})
export class RoleType extends NodeType {
  @Field(() => String, { description: '1 to 100 characters; unique in the organization, upper and lower case being the same.' })
  name: string;

  @Field(() => String, {
    nullable: true,
    description: 'Up to 500 characters; null where there is none or the caller sees only the name-tag.',
  })
  description: string | null;

  @Field(() => Boolean, { description: 'Whether it is the same in every organization and cannot be edited.' })
  builtIn: boolean;

  @Field(() => Boolean, { description: 'False for OWNER: no key is ever issued at that level.' })
  assignableToApiKeys: boolean;
}

@ObjectType('PermissionDefinition', { description: 'A permission of the catalogue.' })
export class PermissionDefinitionType {
  @Field(() => PermissionScalar, { description: '`resource:action`.' })
  name: string;

  @Field(() => String, { description: 'What people call it.' })
  label: string;

  @Field(() => String, { nullable: true, description: 'What it allows.' })
  description: string | null;

  @Field(() => Boolean, { description: "False for a permission that the organization's own services have registered." })
  builtIn: boolean;
}
