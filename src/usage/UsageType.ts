import { ArgsType, Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { connectionType, PageArgs } from '../graphql/connection.js';
import { NodeType } from '../graphql/NodeType.js';
import { DateTimeScalar, PermissionScalar } from '../graphql/scalars.js';
import { VerificationCodeEnum } from '../verification/VerificationType.js';

export const UsageGranularityEnum = { HOUR: 'HOUR', DAY: 'DAY' } as const;
registerEnumType(UsageGranularityEnum, {
  name: 'UsageGranularity',
  description: 'How long a bucket is.',
  valuesConfig: { HOUR: { description: 'An hour.' }, DAY: { description: 'A day of UTC.' } },
});

@ObjectType('UsageBucket', {
  description:
    'How often a key was used within an hour or a day: by verifications, and by requests to this API. Exact, and visible within a second.',
})
export class UsageBucketType {
  @Field(() => DateTimeScalar, { description: 'Its first instant, in UTC.' })
  start: Date;

  @Field(() => Int, { description: 'How often the key was let through. Verifications that cost 0 ask without counting.' })
  verified: number;

  @Field(() => Int, { description: 'How often it was refused, its rate limit aside; a retired secret that is tried counts here.' })
  denied: number;

  @Field(() => Int, { description: 'How often its rate limit refused it.' })
  rateLimited: number;
}

@ArgsType()
export class UsageArgs {
  @Field(() => DateTimeScalar, { description: 'In the first bucket.' })
  from: Date;

  @Field(() => DateTimeScalar, { description: 'The end of the last bucket, or in it. At most 1,000 buckets.' })
  to: Date;

  @Field(() => UsageGranularityEnum, { description: 'How long a bucket is.' })
  granularity: 'HOUR' | 'DAY';
}

@ObjectType('VerificationLog', {
  implements: [NodeType],
  description: 'One verification by another service, or one request to this API made with the key.',
})
export class VerificationLogType extends NodeType {
  @Field(() => DateTimeScalar, { description: 'When it was answered.' })
  at: Date;

  @Field(() => ID, { description: 'The key, also where it has been deleted since.' })
  apiKeyId: string;

  @Field(() => Boolean, { description: 'The secret presented was a retired one.' })
  retiredSecret: boolean;

  @Field(() => VerificationCodeEnum, { description: 'The answer.' })
  code: string;

  @Field(() => Int, { description: 'The HTTP status that belongs to it: 200, 401, 403 or 429.' })
  httpStatus: number;

  @Field(() => [PermissionScalar], { description: 'What was asked for; empty where nothing was named, and at the doors of this API.' })
  requestedPermissions: string[];

  @Field(() => String, { nullable: true, description: '`type:id` of the resource that was asked about.' })
  resource: string | null;

  @Field(() => String, { nullable: true, description: 'Where the bearer was, as far as it was told.' })
  clientIp: string | null;

  @Field(() => Float, { description: 'How long the decision took, in milliseconds.' })
  latencyMs: number;

  @Field(() => String, { description: 'The request, as its answer and the log of the service name it.' })
  requestId: string;

  @Field(() => Int, {
    description:
      '1. Where a key is used more than 100 times within a minute, denials are listed first, and the first line of each code tells here how many uses it stands for: itself, and those of its code that are not listed one by one.',
  })
  uses: number;
}

export const VerificationLogConnectionType = connectionType('VerificationLog', () => VerificationLogType, 'the newest first', 'UNCOUNTED');

@InputType({ description: 'What narrows the logs of a tenant; all that is set must hold.' })
export class VerificationLogFilter {
  @Field(() => ID, { description: 'Whose logs.' })
  organizationId: string;

  @Field(() => ID, { nullable: true, description: 'Only those of this key, also where it has been deleted since.' })
  apiKeyId?: string | null;

  @Field(() => VerificationCodeEnum, { nullable: true, description: 'Only what was answered like this.' })
  code?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'At this instant or after it.' })
  from?: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Before this instant.' })
  to?: Date | null;
}

@ArgsType()
export class VerificationLogsArgs extends PageArgs {
  @Field(() => VerificationLogFilter, { description: 'Whose logs, and what of them.' })
  filter: VerificationLogFilter;
}
