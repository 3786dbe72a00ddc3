import { person, service, session, type Tab } from './tabs.js';

const question = { key: '{{key}}', namespaceId: '{{workspaceId}}', permissions: ['workspace:edit'] };

/** The main job from end to end: each tab hands on what the next ones need, so that they need only be sent in turn. */
export const job: readonly Tab[] = [
  {
    title: 'Sign in',
    operation: 'signIn',
    notes: [
      'Write the password under VARIABLES and send; then send the tabs to the right, one after the other.',
      'Each answer hands its ids and credentials on to the next tabs; leaving the page forgets them.',
      'The docs and the completion come once you are signed in: strangers are not shown the schema.',
      'Top right: the environment, whose door is asked. A token that you already have goes into its `token`.',
      'Bottom left, the folder: all other operations.',
    ],
    variables: { input: { email: 'owner@localhost', password: '' } },
    remember: session,
  },
  { title: 'Who am I', operation: 'viewer', bearer: person, remember: { organizationId: 'user.organization.id' } },
  {
    title: 'Create application',
    operation: 'createApplication',
    variables: { input: { organizationId: '{{organizationId}}', name: 'Billing' } },
    bearer: person,
    remember: { applicationId: 'application.id' },
  },
  {
    title: 'Create workspace',
    operation: 'createWorkspace',
    variables: { input: { applicationId: '{{applicationId}}', name: 'Invoices' } },
    bearer: person,
    remember: { workspaceId: 'workspace.id' },
  },
  {
    title: 'Create API key',
    operation: 'createApiKey',
    variables: {
      input: {
        namespaceId: '{{workspaceId}}',
        environment: '{{environment}}',
        name: 'Invoice importer',
        permissions: ['workspace:view', 'workspace:edit'],
        expiresAt: null,
      },
    },
    bearer: person,
    remember: { apiKeyId: 'apiKey.id', key: 'key' },
  },
  {
    title: 'Create service key',
    operation: 'createApiKey',
    notes: ['This one is for the service that asks: verification is answered only to an API key that holds apiKey:verify.'],
    variables: {
      input: {
        namespaceId: '{{organizationId}}',
        environment: '{{environment}}',
        name: 'Gateway',
        permissions: ['apiKey:verify'],
        expiresAt: null,
      },
    },
    bearer: person,
    remember: { serviceKey: 'key' },
  },
  { title: 'Verify API key', operation: 'verifyApiKey', variables: { input: question }, bearer: service },
  {
    title: 'Revoke API key',
    operation: 'revokeApiKey',
    variables: { input: { id: '{{apiKeyId}}', reason: 'No longer needed' } },
    bearer: person,
  },
  { title: 'Verify again', operation: 'verifyApiKey', variables: { input: question }, bearer: service },
];
