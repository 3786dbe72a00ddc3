import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { DateTimeScalar } from '../graphql/scalars.js';

@InputType({ description: 'Whose shared secret is created or replaced; `sharedSecret:manage` is needed there.' })
export class RotateSharedSecretInput {
  @Field(() => ID, { description: 'The organization.' })
  organizationId: string;
}

@InputType({ description: 'Whose shared secret is told; `sharedSecret:reveal` is needed there, and a signed-in person.' })
export class RevealSharedSecretInput {
  @Field(() => ID, { description: 'The organization.' })
  organizationId: string;
}

@ObjectType({ description: 'The new shared secret. The one before it signs as well for 24 hours.' })
export class RotateSharedSecretPayload {
  @Field(() => String, { description: '`whsec_` and the key in base64, as libraries of Standard Webhooks take it.' })
  secret: string;

  @Field(() => DateTimeScalar, { description: 'When it was created.' })
  createdAt: Date;
}

@ObjectType({ description: 'The shared secret as it is now.' })
export class RevealSharedSecretPayload {
  @Field(() => String, { description: '`whsec_` and the key in base64, as libraries of Standard Webhooks take it.' })
  secret: string;

  @Field(() => DateTimeScalar, { description: 'When it was created.' })
  createdAt: Date;
}
