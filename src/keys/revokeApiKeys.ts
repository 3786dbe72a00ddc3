import { z } from 'zod';
import type { Act } from '../access/index.js';
import { descriptionText, idOf } from '../domain/index.js';
import { type Job, startJob } from '../jobs/index.js';
import { apiKeyFilter } from './ApiKeyFilter.js';

const saysSomething = (filter: object): boolean => Object.values(filter).some((value) => value !== null && value !== undefined);

export const revokeApiKeysInput = z.object({
  organizationId: idOf('org'),
  // What was left empty by mistake must not stop everything.
  filter: apiKeyFilter.refine(saysSomething, 'says nothing: to revoke every key of the organization, name it in filter.organizationId'),
  reason: descriptionText,
});

/** Starts a job that revokes every key of the organization that the filter matches when it runs: for who holds `apiKey:manage` there. */
export const revokeApiKeys = (act: Act, { organizationId, filter, reason }: z.output<typeof revokeApiKeysInput>): Promise<Job> =>
  act.change((change) => {
    const parameters = { filter, reason: reason ?? null };
    return startJob(change, organizationId, { kind: 'revokeApiKeys', parameters, told: { filter }, reason: reason ?? null });
  });
