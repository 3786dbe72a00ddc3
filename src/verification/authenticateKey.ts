import { Facts, type Principal } from '../access/index.js';
import { type Environment, firstShut, livingGates } from '../authority/index.js';
import type { Rows } from '../database/index.js';
import type { Clock } from '../domain/index.js';
import type { ParsedCredential } from '../keys/index.js';
import { SecretStore } from './SecretStore.js';
import { answers } from './Verification.js';

/** A key at one of this API's own doors: who it is, or one sentence on why it is refused. */
export type DoorAnswer = { readonly principal: Principal } | { readonly refused: string };

/** Asks the gates that every key must pass to be used at all on a door of that environment. */
export async function authenticateKey(
  rows: Rows,
  clock: Clock,
  credential: ParsedCredential | null,
  environment: Environment,
): Promise<DoorAnswer> {
  const row = credential && (await new SecretStore(rows).keyOf(credential, clock()));
  const key = row && (await new Facts(rows, row.organizationId).keyOf(row, []));
  if (!row || !key) return { refused: answers.NOT_FOUND[1] };
  const shut = firstShut(key, { environment, now: clock().getTime() }, livingGates);
  if (shut) return { refused: answers[shut][1] };
  const { id, userId, organizationId } = row;
  return { principal: { kind: 'KEY', keyId: id, userId, organizationId, environment: row.environment } };
}
