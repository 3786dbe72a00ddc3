import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync, type PubSub } from 'type-graphql';
import { JobMutations } from '../jobs/JobMutations.js';
import { JobFields, JobQueries } from '../jobs/JobResolver.js';
import { JobSubscriptions } from '../jobs/JobSubscriptions.js';
import { ApiKeyMutations } from '../keys/ApiKeyMutations.js';
import { BulkMutations } from '../keys/BulkMutations.js';
import { ApiKeyFields, ApiKeyQueries, NamespaceApiKeys, RevocationFields, UserApiKeys } from '../keys/ApiKeyResolver.js';
import { NamespaceMutations } from '../namespaces/NamespaceMutations.js';
import {
  ApplicationFields,
  NamespaceFields,
  NamespaceQueries,
  OrganizationFields,
  UserGroupFields,
  WorkspaceFields,
} from '../namespaces/NamespaceResolver.js';
import { mayViewNamespace } from '../namespaces/index.js';
import { mayViewUser } from '../people/index.js';
import { mayViewRoles } from '../roles/index.js';
import { builtInRole } from '../authority/index.js';
import { GrantPeopleFields, OrganizationUserFields, UserFields, UserGroupMemberFields, UserQueries } from '../people/UserResolver.js';
import { UserMutations } from '../people/UserMutations.js';
import { GrantFields, NamespaceGrantFields, OrganizationRoleFields, RoleFields } from '../roles/RoleResolver.js';
import { RoleMutations } from '../roles/RoleMutations.js';
import { SharedSecretMutations } from '../secrets/SharedSecretMutations.js';
import { SessionMutations } from '../sessions/SessionMutations.js';
import { ImpactQueries } from '../impact/ImpactResolver.js';
import { AuditEventFields, AuditQueries } from '../trail/AuditResolver.js';
import { ExplanationQueries } from '../verification/ExplanationResolver.js';
import { ApiKeyUsageFields, VerificationLogQueries } from '../usage/UsageResolver.js';
import { ViewerFields, ViewerQueries } from '../viewer/ViewerResolver.js';
import { VerificationFields, VerificationMutations } from '../verification/VerificationResolver.js';
import { WebhookMutations } from '../webhooks/WebhookMutations.js';
import { OrganizationWebhookFields } from '../webhooks/WebhookResolver.js';
import { callDirectly, readDirectly } from './direct.js';
import { guardSchema, type Sight } from './guard.js';
import { DateTimeScalar } from './scalars.js';

const resolvers = [
  AuditEventFields,
  AuditQueries,
  ExplanationQueries,
  ImpactQueries,
  ApiKeyFields,
  ApiKeyMutations,
  ApiKeyQueries,
  ApiKeyUsageFields,
  ApplicationFields,
  BulkMutations,
  GrantFields,
  GrantPeopleFields,
  JobFields,
  JobMutations,
  JobQueries,
  JobSubscriptions,
  NamespaceApiKeys,
  NamespaceFields,
  NamespaceGrantFields,
  NamespaceMutations,
  NamespaceQueries,
  OrganizationFields,
  OrganizationRoleFields,
  OrganizationUserFields,
  OrganizationWebhookFields,
  RevocationFields,
  RoleFields,
  RoleMutations,
  SessionMutations,
  SharedSecretMutations,
  UserApiKeys,
  UserFields,
  UserGroupFields,
  UserGroupMemberFields,
  UserMutations,
  UserQueries,
  VerificationFields,
  VerificationLogQueries,
  VerificationMutations,
  ViewerFields,
  ViewerQueries,
  WebhookMutations,
  WorkspaceFields,
] as const;

const namespace: Sight[string] = ({ act }, { id }) => mayViewNamespace(act, id);

/** Who sees a thing itself, and not only its name-tag. */
const sight: Sight = {
  Organization: namespace,
  Application: namespace,
  Workspace: namespace,
  UserGroup: namespace,
  User: ({ act }, { id }) => mayViewUser(act, id),
  Role: async ({ act }, { id }) => builtInRole(id) !== undefined || mayViewRoles(act),
};

/** Demanded as soon as there is a subscription. Ours have sources of their own, which hear of other replicas too. */
const unused: PubSub = {
  publish: () => {
    throw new Error('nothing is published in this process');
  },
  subscribe: () => {
    throw new Error('nothing is published in this process');
  },
};

/** Assembles the schema out of the rooms' resolvers, behind the access table. */
export function assembleSchema(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: [...resolvers],
    scalarsMap: [{ type: Date, scalar: DateTimeScalar }],
    pubSub: unused,
    // Inputs are parsed where they enter a room, by zod.
    validate: false,
  });
  callDirectly(schema, ['verifyApiKey', 'verifyApiKeys']);
  readDirectly(schema, ['ApiKeyVerification', 'RateLimitState', 'ResourceRestriction']);
  return guardSchema(schema, sight);
}
