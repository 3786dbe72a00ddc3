import { z } from 'zod';
import type { Act } from '../access/index.js';
import {
  effectiveThere,
  firstShut,
  isPermissionName,
  type KeyFacts,
  type KeyQuestion,
  missingThere,
  permission,
  usable,
} from '../authority/index.js';
import { forbidden, idKind } from '../domain/index.js';
import { parseCredential } from '../keys/index.js';
import type { ApiKeyRow } from '../keys/ApiKeyRow.js';
import { SecretStore } from './SecretStore.js';
import { answers, notFoundAnswer, type Verification } from './Verification.js';

const MOST_PERMISSIONS = 100;

/** What is asked for: 1 to 100 permissions, or left out. */
export const askedPermissions = z
  .array(z.string().refine(isPermissionName), 'must be a list of permissions')
  .min(1, 'is empty: name at least one permission, or leave the field out')
  .max(MOST_PERMISSIONS, `holds more than ${MOST_PERMISSIONS} permissions: ask about fewer`)
  .optional();

export const verifyApiKeyInput = z.object({ key: z.string(), namespaceId: z.string().nullish(), permissions: askedPermissions });
export type VerificationQuestion = z.output<typeof verifyApiKeyInput>;

/** Whether a key's secret was right and the key is the asker's business. */
const inSphere = (asker: KeyFacts, row: ApiKeyRow): boolean =>
  row.organizationId === asker.home.organizationId && (asker.home.kind === 'ORGANIZATION' || row.namespaceId === asker.home.id);

/** Refuses whoever may not ask: asking is for services, with a key that holds `apiKey:verify` in its home. */
export async function askingKey(act: Act): Promise<KeyFacts> {
  const caller = await act.caller();
  const verify = permission('apiKey:verify');
  if (caller.kind !== 'KEY' || !usable(caller, caller.key.home).has(verify)) {
    throw forbidden('Verification is for services: ask with an API key that holds apiKey:verify.', [verify]);
  }
  return caller.key;
}

/** Answers a service that asks about one key. */
export async function verifyApiKey(act: Act, question: VerificationQuestion): Promise<Verification> {
  const asker = await askingKey(act);
  return answerQuestion(act, new SecretStore(act.rows), asker, question);
}

/** Answers one question: parse and checksum, id and secret, the asker's sphere, then the gates of authority in their order. */
export async function answerQuestion(
  act: Act,
  secrets: SecretStore,
  asker: KeyFacts,
  question: VerificationQuestion,
): Promise<Verification> {
  const parsed = parseCredential(question.key);
  const row = parsed && (await secrets.keyOf(parsed, act.clock()));
  if (!row || !inSphere(asker, row)) return notFoundAnswer;

  const asked = question.namespaceId;
  const namespace = asked === null || asked === undefined ? undefined : idKind(asked) === null ? null : await act.facts.namespace(asked);
  const key = await act.facts.keyOf(row, namespace ? [namespace.id] : []);
  if (!key) return notFoundAnswer;

  return answer(row, key, {
    environment: asker.environment,
    ...(namespace !== undefined && { namespace }),
    ...(question.permissions && { permissions: question.permissions }),
    now: act.clock().getTime(),
  });
}

function answer(row: ApiKeyRow, key: KeyFacts, question: KeyQuestion): Verification {
  const shut = firstShut(key, question);
  const [httpStatus, message] = answers[shut ?? 'VALID'];
  const about = {
    httpStatus,
    message,
    apiKeyId: row.id,
    name: row.name,
    namespaceId: row.namespaceId,
    organizationId: row.organizationId,
    userId: row.userId,
    environment: row.environment,
    expiresAt: row.expiresAt,
  };
  if (shut) {
    const missingPermissions = shut === 'INSUFFICIENT_PERMISSIONS' ? missingThere(key, question) : [];
    return { ...about, valid: false, code: shut, missingPermissions, effectivePermissions: [] };
  }
  // The one place where a key is said to be valid.
  return { ...about, valid: true, code: 'VALID', missingPermissions: [], effectivePermissions: [...effectiveThere(key, question)].sort() };
}
