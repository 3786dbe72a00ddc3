import { Field, ID, InputType } from 'type-graphql';

@InputType({ description: 'Who signs in.' })
export class SignInInput {
  @Field(() => String, { description: 'The e-mail address; upper and lower case are the same.' })
  email: string;

  @Field(() => String, { description: 'The password, a temporary one too.' })
  password: string;

  @Field(() => ID, { nullable: true, description: 'Needed where the address exists in several organizations.' })
  organizationId?: string | null;
}

@InputType({ description: 'The session that goes on.' })
export class RefreshSessionInput {
  @Field(() => String, { description: 'From the last answer that gave tokens for this session. It works once.' })
  refreshToken: string;
}

@InputType({ description: 'The old password and the new one.' })
export class ChangePasswordInput {
  @Field(() => String, { description: 'The password until now, a temporary one too.' })
  currentPassword: string;

  @Field(() => String, { description: '12 characters to 72 bytes; no control characters; another one than the current.' })
  newPassword: string;
}
