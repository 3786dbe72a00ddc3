import type { Act } from '../access/index.js';
import { held, type KeyFacts, type NamespaceFacts, type Permission } from '../authority/index.js';
import { idKind } from '../domain/index.js';
import type { LiveToken } from '../sessions/index.js';
import { answers, notFoundAnswer, type Verification, type VerificationCode } from './Verification.js';
import type { VerificationQuestion } from './verifyApiKey.js';

/** What the codes mean to the bearer of an access token. */
const messages: Partial<Record<VerificationCode, string>> = {
  VALID: 'The access token may do this.',
  NOT_FOUND: 'This access token is not valid.',
  NAMESPACE_MISMATCH: 'This access token is not good for that namespace.',
  INSUFFICIENT_PERMISSIONS: 'The bearer of this access token lacks a permission that this needs.',
};

/**
 * What the person behind an access token may do, for a service of their own tenant. People are in no environment, have no
 * reach, and are not restricted: what they hold in exactly that namespace is what they may. While a temporary password waits to be
 * changed that is nothing, and their token is not good yet.
 */
export async function verifyAccessToken(
  act: Act,
  asker: KeyFacts,
  { principal, expiresAt }: LiveToken,
  question: VerificationQuestion,
): Promise<Verification> {
  const { organizationId, userId } = principal;
  if (organizationId !== asker.home.organizationId || principal.mustChangePassword) return { ...notFoundAnswer, ...told('NOT_FOUND') };
  const there = await placeOf(act, asker, question.namespaceId ?? null);
  const about = { organizationId, userId, namespaceId: there?.id ?? null, expiresAt };
  const person = there && (await act.facts.person(userId, [there.id]));
  const holds = person ? held(person, there) : new Set<Permission>();
  const missingPermissions = (question.permissions ?? []).filter((name) => !holds.has(name));
  if (!there) return { ...notFoundAnswer, ...about, ...told('NAMESPACE_MISMATCH') };
  if (missingPermissions.length > 0 || holds.size === 0) {
    return { ...notFoundAnswer, ...about, ...told('INSUFFICIENT_PERMISSIONS'), missingPermissions };
  }
  return { ...notFoundAnswer, ...about, ...told('VALID'), valid: true, effectivePermissions: [...holds].sort() };
}

const told = (code: VerificationCode): Pick<Verification, 'code' | 'httpStatus' | 'message'> => {
  const [httpStatus, message] = answers[code];
  return { code, httpStatus, message: messages[code] ?? message };
};

/** Where is asked about: the asker's own namespace, and any of the tenant for a service at home in the organization; else null. */
async function placeOf(act: Act, { home }: KeyFacts, namespaceId: string | null): Promise<NamespaceFacts | null> {
  if (namespaceId === null || namespaceId === home.id) return home;
  return home.kind === 'ORGANIZATION' && idKind(namespaceId) !== null ? act.facts.namespace(namespaceId) : null;
}
