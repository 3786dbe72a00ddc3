/** Mutations that make something and do not begin with `create`. */
const alsoCreate: ReadonlySet<string> = new Set(['grantRole', 'importApiKeys', 'revokeApiKeys']);

/** Whether a mutation makes something of its own: an `Idempotency-Key` keeps it from being made twice. */
export const creates = (field: string): boolean => field.startsWith('create') || alsoCreate.has(field);
