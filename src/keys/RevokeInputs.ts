import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { JobType } from '../jobs/JobType.js';
import { ApiKeyFilterInput } from './ApiKeyListInputs.js';

@InputType({ description: 'Which keys stop.' })
export class RevokeApiKeysInput {
  @Field(() => ID, { description: 'Whose keys.' })
  organizationId: string;

  @Field(() => ApiKeyFilterInput, {
    description: 'Which of them, as it is when the job runs. It must say something: `organizationId` alone means all of them.',
  })
  filter: ApiKeyFilterInput;

  @Field(() => String, { nullable: true, description: 'Why; up to 500 characters.' })
  reason?: string | null;
}

@ObjectType({ description: 'The job that was started.' })
export class RevokeApiKeysPayload {
  @Field(() => JobType, { description: 'The job.' })
  job: unknown;
}
