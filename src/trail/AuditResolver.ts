import { Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { parseInput } from '../domain/index.js';
import { connectionOf } from '../graphql/connection.js';
import type { GraphContext } from '../graphql/GraphContext.js';
import { namespacesById } from '../namespaces/index.js';
import { NamespaceType } from '../namespaces/NamespaceType.js';
import { usersById } from '../people/index.js';
import { UserType } from '../people/UserType.js';
import type { AuditEvent } from '../audit/index.js';
import { AuditEventConnectionType, AuditEventsArgs, AuditEventType } from './AuditEventType.js';
import { auditEventFilter, auditEvents } from './viewTrail.js';

@Resolver()
export class AuditQueries {
  @Query(() => AuditEventConnectionType, { description: 'What was done in a tenant and what was refused, the newest first; `audit:view`.' })
  async auditEvents(@Args(() => AuditEventsArgs) { filter, ...page }: AuditEventsArgs, @Ctx() { act }: GraphContext) {
    return connectionOf(await auditEvents(act, parseInput(auditEventFilter, filter, 'filter'), page));
  }
}

@Resolver(() => AuditEventType)
export class AuditEventFields {
  @FieldResolver(() => UserType, { nullable: true, description: 'The person who acted, as a name-tag.' })
  actor(@Root() { actorId }: AuditEvent, @Ctx() { loaders }: GraphContext) {
    return actorId === null ? null : loaders.load(usersById, actorId);
  }

  @FieldResolver(() => NamespaceType, { nullable: true, description: 'The namespace in which it happened, as a name-tag.' })
  namespace(@Root() { namespaceId }: AuditEvent, @Ctx() { loaders }: GraphContext) {
    return namespaceId === null ? null : loaders.load(namespacesById, namespaceId);
  }
}
