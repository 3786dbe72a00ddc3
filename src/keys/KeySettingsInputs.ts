import { Field, InputType, Int } from 'type-graphql';
import { JSONObjectScalar } from '../graphql/scalars.js';

@InputType({ description: 'At most `limit` verifications in every window of `windowSeconds`.' })
export class RateLimitInput {
  @Field(() => Int, { description: '1 to 1,000,000,000.' })
  limit: number;

  @Field(() => Int, { description: '1 to 2,592,000: a second to 30 days.' })
  windowSeconds: number;
}

@InputType({ description: 'Resources of one type, for example customer c_42.' })
export class ResourceRestrictionInput {
  @Field(() => String, { description: "What kind of thing, in the words of the tenant's services; each once. 1 to 100 characters." })
  type: string;

  @Field(() => [String], { description: 'Which of them, 1 to 100 ids.' })
  ids: string[];
}

/** What is said alike of a new key and of one that is edited. */
@InputType()
export class KeySettingsInput {
  @Field(() => RateLimitInput, { nullable: true, description: 'How often it may be used. Null: as often as one likes.' })
  rateLimit?: RateLimitInput | null;

  @Field(() => [ResourceRestrictionInput], {
    nullable: true,
    description: 'The only resources it is good for, 1 to 20 types. Null: not restricted; `[]` is refused.',
  })
  restrictions?: ResourceRestrictionInput[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'The only networks it is good from, 1 to 50, as 192.0.2.0/24, 2001:db8::/32 or one address. Null: from anywhere; `[]` and bits beyond the prefix are refused.',
  })
  allowedCidrs?: string[] | null;

  @Field(() => JSONObjectScalar, { nullable: true, description: 'What its owner notes about it. Null: nothing.' })
  metadata?: object | null;
}
