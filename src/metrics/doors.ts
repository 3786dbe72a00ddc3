/** Where a key is verified: the GraphQL mutations, introspection, forward auth, and this API's own use of it. */
export const doors = ['graphql', 'introspect', 'verify', 'api'] as const;
export type Door = (typeof doors)[number];
