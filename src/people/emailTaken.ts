import { conflict, type Refusal } from '../domain/index.js';

/** Two users of a tenant would have the same address. Addresses of other tenants are never asked about (R86). */
export const emailTaken = (): Refusal =>
  conflict('Somebody in this organization has this e-mail address already: choose another.', 'input.email');
