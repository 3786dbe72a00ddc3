/** A user or a user group holds a role in exactly one namespace. */
export interface Grant {
  readonly id: string;
  readonly organizationId: string;
  readonly namespaceId: string;
  readonly roleId: string;
  /** The id of a user or of a user group; its first letters tell which. */
  readonly subjectId: string;
  /** Null for the first grant of an installation. */
  readonly grantedBy: string | null;
  readonly createdAt: Date;
}
