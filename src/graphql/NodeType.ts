import { Field, ID, InterfaceType } from 'type-graphql';

const typeByPrefix: Record<string, string> = {
  org: 'Organization',
  app: 'Application',
  wks: 'Workspace',
  grp: 'UserGroup',
  usr: 'User',
  rol: 'Role',
  grt: 'Grant',
  key: 'ApiKey',
  aud: 'AuditEvent',
  whk: 'Webhook',
  job: 'Job',
  log: 'VerificationLog',
};

/** The GraphQL type of a thing; its id tells. */
export const typeNameOf = ({ id }: { readonly id: string }): string | undefined => typeByPrefix[id.slice(0, 3)];

@InterfaceType('Node', { description: 'Anything with an id of its own.', resolveType: typeNameOf })
export abstract class NodeType {
  @Field(() => ID, { description: 'Sorts by time of creation; its first letters tell what it is.' })
  id: string;
}
