import { Field, ObjectType } from 'type-graphql';
import { DateTimeScalar } from '../graphql/scalars.js';
import { UserType } from '../people/UserType.js';

@ObjectType()
abstract class TokensPayload {
  @Field(() => String, { description: 'A signed JWT for the Authorization header; other services can check it offline until it expires.' })
  accessToken: string;

  @Field(() => DateTimeScalar, { description: 'When the access token expires: ten minutes from now.' })
  expiresAt: Date;

  @Field(() => String, { description: 'For refreshSession, where it works once. Shown in this one answer.' })
  refreshToken: string;

  @Field(() => UserType, { description: 'Who is signed in.' })
  user: unknown;

  @Field(() => Boolean, {
    description: 'True: the password is a temporary one, and nothing but viewer, changePassword and signOut is open until it is changed.',
  })
  mustChangePassword: boolean;
}

@ObjectType({ description: 'The tokens of a new session.' })
export class SignInPayload extends TokensPayload {}

@ObjectType({ description: 'New tokens of the session; the refresh token that was given is spent.' })
export class RefreshSessionPayload extends TokensPayload {}

@ObjectType({ description: 'New tokens of this session; all other sessions of the caller have ended.' })
export class ChangePasswordPayload extends TokensPayload {}

@ObjectType({ description: 'The session has ended.' })
export class SignOutPayload {
  @Field(() => Boolean, { description: 'Always true: its tokens are refused from now on.' })
  signedOut: boolean;
}
