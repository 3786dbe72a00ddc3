import { z } from 'zod';
import type { Act } from '../access/index.js';
import { type Environment, isPermissionName, type KeyQuestion } from '../authority/index.js';
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

/** The question as authority is asked it, at this instant. */
export async function questionOf(act: Act, environment: Environment, input: Asked): Promise<KeyQuestion> {
  const { namespaceId, permissions, resource, clientIp } = input;
  const address = parseAddress(clientIp ?? '');
  return {
    environment,
    ...(typeof namespaceId === 'string' && { namespace: idKind(namespaceId) === null ? null : await act.facts.namespace(namespaceId) }),
    ...(permissions && { permissions }),
    ...(resource && { resource }),
    ...(address && { address }),
    now: act.clock().getTime(),
  };
}
