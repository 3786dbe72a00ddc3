import { ArgsType, Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { connectionType, PageArgs } from '../graphql/connection.js';
import { NodeType } from '../graphql/NodeType.js';
import { DateTimeScalar, JSONObjectScalar } from '../graphql/scalars.js';

export const AuditOutcomeEnum = { ALLOWED: 'ALLOWED', DENIED: 'DENIED' } as const;
registerEnumType(AuditOutcomeEnum, {
  name: 'AuditOutcome',
  description: 'Whether an act was done or refused.',
  valuesConfig: { ALLOWED: { description: 'It was done; the event committed with it.' }, DENIED: { description: 'It was refused.' } },
});

@ObjectType('AuditEvent', { implements: [NodeType], description: 'One act: a change that was made, or one that was refused.' })
export class AuditEventType extends NodeType {
  @Field(() => DateTimeScalar, { description: 'When.' })
  at: Date;

  @Field(() => String, { description: 'For example `apiKey.create`.' })
  action: string;

  @Field(() => AuditOutcomeEnum, { description: 'Whether it was done or refused.' })
  outcome: 'ALLOWED' | 'DENIED';

  @Field(() => String, { nullable: true, description: 'Why, as whoever acted said, or as they were refused.' })
  reason: string | null;

  @Field(() => ID, { nullable: true, description: 'The person who acted, also through an API key.' })
  actorId: string | null;

  @Field(() => ID, { nullable: true, description: 'The API key that acted; null where a signed-in person did.' })
  actorApiKeyId: string | null;

  @Field(() => ID, { nullable: true, description: 'What was acted on.' })
  targetId: string | null;

  @Field(() => ID, { nullable: true, description: 'The namespace in which it happened.' })
  namespaceId: string | null;

  @Field(() => JSONObjectScalar, { nullable: true, description: 'Field by field, before and after; never a secret.' })
  changes: object | null;

  @Field(() => String, { description: 'The request, as its answer and the log name it.' })
  requestId: string;
}

export const AuditEventConnectionType = connectionType('AuditEvent', () => AuditEventType, 'the newest first');

@InputType({ description: 'What narrows the audit trail; all that is set must hold.' })
export class AuditEventFilter {
  @Field(() => ID, { description: 'Whose trail; `audit:view` is needed there.' })
  organizationId: string;

  @Field(() => String, { nullable: true, description: 'Only this action, for example `apiKey.create`.' })
  action?: string | null;

  @Field(() => ID, { nullable: true, description: 'Only what was done to this.' })
  targetId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Only what this person did.' })
  actorId?: string | null;

  @Field(() => AuditOutcomeEnum, { nullable: true, description: 'Only what was done, or only what was refused.' })
  outcome?: 'ALLOWED' | 'DENIED' | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'At this instant or after it.' })
  from?: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Before this instant.' })
  to?: Date | null;
}

@ArgsType()
export class AuditEventsArgs extends PageArgs {
  @Field(() => AuditEventFilter, { description: 'Whose trail, and what of it.' })
  filter: AuditEventFilter;
}
