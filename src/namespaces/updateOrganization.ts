import { z } from 'zod';
import type { Act, Change, TenantSettings } from '../access/index.js';
import type { NamespaceFacts } from '../authority/index.js';
import { notFound } from '../domain/index.js';
import { type Namespace, redescribed } from './Namespace.js';
import { NamespaceStore } from './NamespaceStore.js';
import { TenantStore } from './TenantStore.js';
import { redescribe } from './updateNamespace.js';

const LONGEST_DAYS = 3_650;
const lifetime = `must be from 1 to ${LONGEST_DAYS} days, or null for no limit`;

export const updateOrganizationInput = redescribed('ORGANIZATION').extend({
  membersMayCreateApiKeys: z.boolean('must be true or false').optional(),
  maxApiKeyLifetimeDays: z.int(lifetime).min(1, lifetime).max(LONGEST_DAYS, lifetime).nullish(),
});
type Input = z.output<typeof updateOrganizationInput>;

/**
 * Changes an organization: its name and description for who holds `organization:edit`, its settings for who holds
 * `organization:manage` (S0.8). Who changes both needs both.
 */
export const updateOrganization = (act: Act, { id, ...input }: Input): Promise<Namespace> =>
  act.change(async (change) => {
    const where = await change.namespace('input.id', id, 'ORGANIZATION');
    const settings = settingsIn(input);
    const configures = Object.keys(settings).length > 0;
    if (configures) await configure(change, where, settings);
    if (!configures || input.name !== undefined || input.description !== undefined) return redescribe(change, where, input);
    const organization = await new NamespaceStore(change.rows).find(where.id);
    if (!organization) throw notFound('input.id');
    return organization;
  });

const settingsIn = ({ membersMayCreateApiKeys, maxApiKeyLifetimeDays }: Omit<Input, 'id'>): Partial<TenantSettings> => ({
  ...(membersMayCreateApiKeys !== undefined && { membersMayCreateApiKeys }),
  ...(maxApiKeyLifetimeDays !== undefined && { maxApiKeyLifetimeDays }),
});

async function configure(change: Change, where: NamespaceFacts, settings: Partial<TenantSettings>): Promise<void> {
  const permit = change.permit('input.id', {
    action: 'organization.configure',
    caller: await change.caller(where),
    where,
    visible: await change.sees(where),
    target: where.id,
  });
  const before = await change.facts.settings();
  await new TenantStore(change.rows).configure(permit, where.id, settings);
  await change.record(permit, { namespaceId: where.id, changes: { before, after: settings } });
}
