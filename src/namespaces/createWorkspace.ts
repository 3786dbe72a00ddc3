import { z } from 'zod';
import type { Act } from '../access/index.js';
import { idOf } from '../domain/index.js';
import { createWithin } from './createWithin.js';
import { described, type Namespace } from './Namespace.js';

export const createWorkspaceInput = z.object({ applicationId: idOf('app'), ...described });

/** Creates a workspace in an application, for who holds `workspace:create` there. */
export const createWorkspace = (act: Act, input: z.output<typeof createWorkspaceInput>): Promise<Namespace> =>
  act.change(async (change) => {
    const parentField = 'input.applicationId';
    const parent = await change.namespace(parentField, input.applicationId);
    return createWithin(change, {
      kind: 'WORKSPACE',
      parent,
      parentField,
      within: { organizationId: parent.organizationId, applicationId: parent.id },
      said: input,
    });
  });
