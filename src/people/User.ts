/** A user as this room knows them. The password's digest is no part of it. */
export interface User {
  readonly id: string;
  readonly organizationId: string;
  /** HUMAN signs in; SERVICE never does. */
  readonly kind: 'HUMAN' | 'SERVICE';
  readonly name: string;
  /** Null for a service user, and for one who has been removed. */
  readonly email: string | null;
  readonly active: boolean;
  readonly createdAt: Date;
  readonly removedAt: Date | null;
}

/** A user to be stored, with the digest of their first password; a service user has none. */
export interface NewUser extends Omit<User, 'active' | 'removedAt'> {
  readonly passwordDigest: string | null;
  readonly mustChangePassword: boolean;
}

/** A user beside a password that was made for them: told in this one answer and never again. */
export interface UserWithPassword<P extends string | null = string> {
  readonly user: User;
  readonly temporaryPassword: P;
}
