import { ArgsType, Field, ID, InputType, registerEnumType } from 'type-graphql';
import { PageArgs } from '../graphql/connection.js';
import { DateTimeScalar, PermissionScalar } from '../graphql/scalars.js';
import type { ApiKeyFilter, ApiKeyOrder } from './ApiKeyFilter.js';
import { ApiKeyStatusEnum, EnvironmentEnum } from './ApiKeyType.js';

const ApiKeyOrderFieldEnum = { CREATED_AT: 'CREATED_AT', NAME: 'NAME', LAST_USED_AT: 'LAST_USED_AT', EXPIRES_AT: 'EXPIRES_AT' } as const;
registerEnumType(ApiKeyOrderFieldEnum, {
  name: 'ApiKeyOrderField',
  description: 'What a list of keys is ordered by.',
  valuesConfig: {
    CREATED_AT: { description: 'When it was created; the order where nothing is said.' },
    NAME: { description: 'Its name, upper and lower case the same, by code points.' },
    LAST_USED_AT: { description: 'When it was last used; never is before everything.' },
    EXPIRES_AT: { description: 'When it expires; never is before everything.' },
  },
});

const OrderDirectionEnum = { ASC: 'ASC', DESC: 'DESC' } as const;
registerEnumType(OrderDirectionEnum, {
  name: 'OrderDirection',
  description: 'Which end of a list comes first.',
  valuesConfig: { ASC: { description: 'The least, the oldest or nothing at all.' }, DESC: { description: 'The other way round.' } },
});

@InputType('ApiKeyFilter', {
  description: 'All that is set must hold; inside `Namespace.apiKeys` and `User.apiKeys` it narrows further.',
})
export class ApiKeyFilterInput {
  @Field(() => ID, { nullable: true, description: 'Only keys at home there.' })
  namespaceId?: string | null;

  @Field(() => EnvironmentEnum, { nullable: true, description: 'Only keys of this environment.' })
  environment?: ApiKeyFilter['environment'];

  @Field(() => ApiKeyStatusEnum, { nullable: true, description: 'Only keys that stand so at the time of asking.' })
  status?: ApiKeyFilter['status'];

  @Field(() => ID, { nullable: true, description: 'Only keys that act for this user.' })
  userId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Only keys that this user created.' })
  createdById?: string | null;

  @Field(() => ID, { nullable: true, description: 'Only keys that were issued at this level.' })
  roleId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Only keys of this organization, wherever in it they are at home.' })
  organizationId?: string | null;

  @Field(() => PermissionScalar, { nullable: true, description: 'Only keys that were granted this.' })
  permission?: ApiKeyFilter['permission'];

  @Field(() => DateTimeScalar, { nullable: true, description: 'Never used, or not since then.' })
  unusedSince?: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Only keys that expire before this instant, or have.' })
  expiresBefore?: Date | null;

  @Field(() => String, {
    nullable: true,
    description: 'The start of the name or of a word in it; upper and lower case are the same. At most 100 characters.',
  })
  search?: string | null;
}

@InputType('ApiKeyOrder', { description: 'How a list of keys is ordered; a cursor belongs to the order in which it was given.' })
export class ApiKeyOrderInput {
  @Field(() => ApiKeyOrderFieldEnum, { description: 'By what.' })
  field: ApiKeyOrder['field'];

  @Field(() => OrderDirectionEnum, { description: 'Which end comes first.' })
  direction: ApiKeyOrder['direction'];
}

@ArgsType()
export class ApiKeysArgs extends PageArgs {
  @Field(() => ApiKeyFilterInput, { nullable: true, description: 'What narrows the list.' })
  filter?: ApiKeyFilterInput | null;

  @Field(() => ApiKeyOrderInput, { nullable: true, description: 'Left out: in the order of creation.' })
  orderBy?: ApiKeyOrderInput | null;
}
