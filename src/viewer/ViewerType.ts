import { Field, ObjectType } from 'type-graphql';
import type { Environment } from '../authority/index.js';
import { EnvironmentEnum } from '../keys/ApiKeyType.js';

@ObjectType('Viewer', { description: 'Who is asking: a signed-in user, or an API key.' })
export class ViewerType {
  @Field(() => EnvironmentEnum, { nullable: true, description: "The API key's environment; null for a signed-in user." })
  environment: Environment | null;
}
