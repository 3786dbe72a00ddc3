import { z } from 'zod';
import type { Act } from '../access/index.js';
import { idOf } from '../domain/index.js';
import { createWithin } from './createWithin.js';
import { described, type Namespace } from './Namespace.js';

export const createApplicationInput = z.object({ organizationId: idOf('org'), ...described });

/** Creates an application in an organization, for who holds `application:create` there. */
export const createApplication = (act: Act, input: z.output<typeof createApplicationInput>): Promise<Namespace> =>
  act.change(async (change) => {
    const parentField = 'input.organizationId';
    const parent = await change.namespace(parentField, input.organizationId);
    return createWithin(change, {
      kind: 'APPLICATION',
      parent,
      parentField,
      within: { organizationId: parent.id, applicationId: null },
      said: input,
    });
  });
