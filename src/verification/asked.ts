import { z } from 'zod';
import { type Environment, isPermissionName, type KeyQuestion, type NamespaceFacts } from '../authority/index.js';
import { idKind, nameText, parseAddress } from '../domain/index.js';

const MOST_PERMISSIONS = 100;

/** What a key may be asked, whoever asks: where, what for, which resource, from which address. */
export const asked = {
  namespaceId: z.string().nullish(),
  permissions: z
    .array(z.string().refine(isPermissionName), 'must be a list of permissions')
    .min(1, 'is empty: name at least one permission, or leave the field out')
    .max(MOST_PERMISSIONS, `holds more than ${MOST_PERMISSIONS} permissions: ask about fewer`)
    .optional(),
  resource: z.object({ type: nameText, id: nameText }).nullish(),
  clientIp: z
    .string()
    .refine((text) => parseAddress(text) !== null, 'is no internet address: write it as 192.0.2.1 or 2001:db8::1')
    .nullish(),
};
type Asked = z.output<z.ZodObject<typeof asked>>;

/** The namespace that is asked about, if it can be one; null: there is none of that id; undefined: the key's home. */
export const namespaceAsked = ({ namespaceId }: Pick<Asked, 'namespaceId'>): string | null | undefined =>
  typeof namespaceId !== 'string' ? undefined : idKind(namespaceId) === null ? null : namespaceId;

/** The question as authority is asked it, at that instant. */
export function questionOf(
  environment: Environment,
  { permissions, resource, clientIp }: Asked,
  namespace: NamespaceFacts | null | undefined,
  now: number,
): KeyQuestion {
  const address = typeof clientIp === 'string' ? parseAddress(clientIp) : null;
  return {
    environment,
    now,
    ...(namespace !== undefined && { namespace }),
    ...(permissions && { permissions }),
    ...(resource && { resource }),
    ...(address && { address }),
  };
}
