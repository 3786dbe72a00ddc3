import { Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { parseInput } from '../domain/index.js';
import { connectionOf, PageArgs } from '../graphql/connection.js';
import type { GraphContext } from '../graphql/GraphContext.js';
import type { ApiKey } from '../keys/index.js';
import { ApiKeyType } from '../keys/ApiKeyType.js';
import { type UsageBucket, usageOf, usageRange } from './usageOf.js';
import { UsageArgs, UsageBucketType, VerificationLogConnectionType, VerificationLogsArgs } from './UsageType.js';
import { logsWithin, verificationLogFilter, verificationLogs } from './viewLogs.js';

@Resolver()
export class VerificationLogQueries {
  @Query(() => VerificationLogConnectionType, {
    description:
      'What keys of a tenant were used for, the newest first, also of keys that are deleted: with `log:view`, those of the keys that the caller may see; else those of their own.',
  })
  async verificationLogs(@Args(() => VerificationLogsArgs) { filter, ...page }: VerificationLogsArgs, @Ctx() { act }: GraphContext) {
    return connectionOf(await verificationLogs(act, parseInput(verificationLogFilter, filter, 'filter'), page));
  }
}

@Resolver(() => ApiKeyType)
export class ApiKeyUsageFields {
  @FieldResolver(() => [UsageBucketType], { description: 'How often it was used, bucket by bucket, those without a use as well.' })
  async usage(
    @Root() { id: apiKeyId }: ApiKey,
    @Args(() => UsageArgs) { from, to, granularity }: UsageArgs,
    @Ctx() { loaders }: GraphContext,
  ): Promise<UsageBucket[]> {
    return loaders.load(usageOf, { apiKeyId, range: usageRange(from, to, granularity) });
  }

  @FieldResolver(() => VerificationLogConnectionType, {
    description: 'What it was used for, the newest first: for its own user, signed in, and with `log:view`; for others empty.',
  })
  async logs(@Root() { id }: ApiKey, @Args(() => PageArgs) page: PageArgs, @Ctx() { act, loaders }: GraphContext) {
    return connectionOf(await loaders.page(act, logsWithin, page, id));
  }
}
