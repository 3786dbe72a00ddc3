import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { connectionType } from '../graphql/connection.js';
import { NodeType } from '../graphql/NodeType.js';
import { DateTimeScalar } from '../graphql/scalars.js';

export const JobStatusEnum = {
  QUEUED: 'QUEUED',
  RUNNING: 'RUNNING',
  SUCCEEDED: 'SUCCEEDED',
  FAILED: 'FAILED',
  CANCELLED: 'CANCELLED',
} as const;
registerEnumType(JobStatusEnum, {
  name: 'JobStatus',
  description: 'How a job stands.',
  valuesConfig: {
    QUEUED: { description: 'It waits for a replica to take it.' },
    RUNNING: { description: 'A replica works on it.' },
    SUCCEEDED: { description: 'It came to its end; `failed` says how many of its items did not go well.' },
    FAILED: { description: 'It could not go on; `error` says why. What was done stays done.' },
    CANCELLED: { description: 'Somebody stopped it. What was done stays done.' },
  },
});

@ObjectType('Job', { implements: [NodeType], description: 'Work that one request begins and that is done after it, in chunks.' })
export class JobType extends NodeType {
  @Field(() => String, { description: 'The mutation that started it.' })
  kind: string;

  @Field(() => JobStatusEnum, { description: 'How it stands.' })
  status: string;

  @Field(() => Int, { nullable: true, description: 'How many items there are. Null until it is known.' })
  total: number | null;

  @Field(() => Int, { description: 'Items that went well.' })
  done: number;

  @Field(() => Int, { description: 'Items that did not.' })
  failed: number;

  @Field(() => String, { nullable: true, description: 'Why it could not go on, in one sentence.' })
  error: string | null;

  @Field(() => DateTimeScalar, { description: 'When it was started.' })
  createdAt: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was over.' })
  finishedAt: Date | null;
}

export const JobConnectionType = connectionType('Job', () => JobType, 'the newest first', 'UNCOUNTED');

@ObjectType('JobFailure', { description: 'One item that did not go well.' })
export class JobFailureType {
  @Field(() => Int, { description: 'Its place in what the job was given, from 0.' })
  index: number;

  @Field(() => String, { description: 'Why, in one sentence.' })
  message: string;
}

export const JobFailureConnectionType = connectionType('JobFailure', () => JobFailureType, 'in the order of the items', 'UNCOUNTED');
