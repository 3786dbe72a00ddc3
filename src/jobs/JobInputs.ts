import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { JobType } from './JobType.js';

@InputType({ description: 'Which job stops.' })
export class CancelJobInput {
  @Field(() => ID, { description: 'The job.' })
  id: string;
}

@ObjectType({ description: 'The job as it is now.' })
export class CancelJobPayload {
  @Field(() => JobType, { description: 'The job.' })
  job: unknown;
}
