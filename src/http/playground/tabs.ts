/** A ready operation as the playground opens it. `{{name}}` stands for a variable of the environment that is chosen there. */
export interface Tab {
  readonly title: string;
  /** The name of its file in `schema/operations`. */
  readonly operation: string;
  readonly variables?: object;
  /** What goes into the Authorization header: who asks. Left out: nobody, which is right only for signing in. */
  readonly bearer?: string;
  /** What the answer's field gives to the tabs that follow: a variable's name, and where its value lies in the field. */
  readonly remember?: Readonly<Record<string, string>>;
}

const person = '{{token}}';
const service = '{{serviceKey}}';

const question = { key: '{{key}}', namespaceId: '{{workspaceId}}', permissions: ['workspace:edit'] };

/** The main job from end to end: each tab hands on what the next ones need, so that sending them in turn is all there is to do. */
export const job: readonly Tab[] = [
  {
    title: 'Sign in',
    operation: 'signIn',
    variables: { input: { email: 'owner@localhost', password: '' } },
    remember: { token: 'accessToken', refreshToken: 'refreshToken', userId: 'user.id', organizationId: 'user.organization.id' },
  },
  {
    title: 'Who am I',
    operation: 'viewer',
    bearer: person,
    remember: { userId: 'user.id', organizationId: 'user.organization.id' },
  },
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
