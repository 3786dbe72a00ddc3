import { z } from 'zod';
import type { Act } from '../access/index.js';
import { badInput, idOf } from '../domain/index.js';
import { createWithin } from './createWithin.js';
import { described, type Namespace } from './Namespace.js';

export const createUserGroupInput = z.object({
  organizationId: idOf('org').nullish(),
  applicationId: idOf('app').nullish(),
  ...described,
});

/** Creates a user group in an organization or in an application, for who holds `userGroup:create` there. */
export const createUserGroup = (act: Act, input: z.output<typeof createUserGroupInput>): Promise<Namespace> =>
  act.change(async (change) => {
    const { organizationId, applicationId } = input;
    const parentId = organizationId ?? applicationId;
    if (!parentId || (organizationId && applicationId)) {
      throw badInput('input.organizationId', 'Give exactly one of input.organizationId and input.applicationId.');
    }
    const parentField = organizationId ? 'input.organizationId' : 'input.applicationId';
    const parent = await change.namespace(parentField, parentId);
    return createWithin(change, {
      kind: 'USER_GROUP',
      parent,
      parentField,
      within: { organizationId: parent.organizationId, applicationId: applicationId ?? null },
      said: input,
    });
  });
