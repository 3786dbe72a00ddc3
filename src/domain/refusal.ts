import type { Excess } from '../authority/index.js';

/** Why the service refuses, as the caller is told. The closed list of DESIGN's error codes that rooms give. */
export type Reason =
  | { readonly code: 'UNAUTHENTICATED'; readonly message: string }
  | { readonly code: 'FORBIDDEN'; readonly message: string; readonly missingPermissions: readonly string[] }
  | { readonly code: 'NOT_FOUND'; readonly message: string; readonly field: string }
  | { readonly code: 'BAD_USER_INPUT'; readonly message: string; readonly field: string }
  | { readonly code: 'EXCEEDS_AUTHORITY'; readonly message: string; readonly excess: readonly Excess[] }
  | { readonly code: 'CONFLICT'; readonly message: string; readonly field?: string; readonly createdId?: string }
  | { readonly code: 'UNAVAILABLE'; readonly message: string; readonly retryAfterSeconds: number };

/** Thrown where the service refuses; everything else that is thrown is a fault and says nothing to the caller. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(readonly reason: Reason) {
    super(reason.message);
  }
}

/** The input is wrong: which field, what is wrong, what to do. */
export const badInput = (field: string, message: string): Refusal => new Refusal({ code: 'BAD_USER_INPUT', field, message });

/** Absent, or not the caller's to see: the same words for both, so that nothing is told. */
export const notFound = (field: string): Refusal =>
  new Refusal({ code: 'NOT_FOUND', field, message: `${field}: there is nothing with this id that you may see.` });

/** The act clashes with how things are now. */
export const conflict = (message: string, field?: string): Refusal => new Refusal({ code: 'CONFLICT', message, ...(field && { field }) });

/** The caller sees the thing and may not do this; `missing` would allow it. */
export const forbidden = (message: string, missing: readonly string[] = []): Refusal =>
  new Refusal({ code: 'FORBIDDEN', message, missingPermissions: missing });

/** Nobody is signed in, or what was presented is not good. */
export const unauthenticated = (message: string): Refusal => new Refusal({ code: 'UNAUTHENTICATED', message });
