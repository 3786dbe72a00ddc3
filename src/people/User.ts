/** A user as this room knows them. The password's digest is no part of it. */
export interface User {
  readonly id: string;
  readonly organizationId: string;
  /** HUMAN signs in; SERVICE never does. */
  readonly kind: 'HUMAN' | 'SERVICE';
  readonly name: string;
  /** Null for a service user. */
  readonly email: string | null;
  readonly active: boolean;
  readonly createdAt: Date;
  readonly removedAt: Date | null;
}
