import { Client } from '../support/client.js';

export const OWNER = { email: 'owner@localhost', password: 'correct horse battery' } as const;

/** What the service has acknowledged, and so must never lose. */
export class Acknowledged {
  readonly workspaces = new Set<string>();
  /** Ids of keys, with their credentials. */
  readonly keys = new Map<string, string>();
  readonly revoked = new Set<string>();
  /** Revocations that were asked for and never answered: they may have happened or not. */
  readonly inDoubt = new Set<string>();
  readonly grants = new Set<string>();
  /** How many in all. */
  count = 0;
}

const operations = {
  workspace: 'mutation ($input: CreateWorkspaceInput!) { createWorkspace(input: $input) { workspace { id } } }',
  key: 'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { apiKey { id } key } }',
  revoke: 'mutation ($input: RevokeApiKeyInput!) { revokeApiKey(input: $input) { apiKey { id status } } }',
  grant: 'mutation ($input: GrantRoleInput!) { grantRole(input: $input) { grant { id } } }',
  application: 'mutation ($input: CreateApplicationInput!) { createApplication(input: $input) { application { id } } }',
  user: 'mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } } }',
  signIn: 'mutation ($input: SignInInput!) { signIn(input: $input) { accessToken } }',
  viewer: '{ viewer { user { organization { id } } } }',
  verify: 'mutation ($input: VerifyApiKeyInput!) { verifyApiKey(input: $input) { code } }',
} as const;

/** What was set up once, and is written into from then on. */
export interface Place {
  readonly organizationId: string;
  readonly applicationId: string;
  readonly personId: string;
  readonly gatewayKey: string;
}

/** Several clients of one running service that write at once, until something ends them. */
export class Crowd {
  /** Refusals and faults that the service answered: nothing that is asked for here may be refused. */
  readonly complaints: string[] = [];
  private stopped = false;

  constructor(
    private readonly owner: Client,
    private readonly gateway: Client,
    private readonly place: Place,
    private readonly acknowledged: Acknowledged,
  ) {}

  /** Sets up, once for an installation, what the crowd writes into. */
  static async prepare(owner: Client): Promise<Place> {
    const ask = <T>(operation: string, input?: object): Promise<T> => owner.ask(operation, { input });
    const { viewer } = await ask<{ viewer: { user: { organization: { id: string } } } }>(operations.viewer);
    const organizationId = viewer.user.organization.id;
    const { createApplication } = await ask<{ createApplication: { application: { id: string } } }>(operations.application, {
      organizationId,
      name: 'Shop',
    });
    const { createUser } = await ask<{ createUser: { user: { id: string } } }>(operations.user, {
      organizationId,
      kind: 'SERVICE',
      name: 'Robot',
    });
    const { createApiKey } = await ask<{ createApiKey: { key: string } }>(operations.key, {
      namespaceId: organizationId,
      environment: 'PRODUCTION',
      name: 'Gateway',
      permissions: ['apiKey:verify'],
    });
    return {
      organizationId,
      applicationId: createApplication.application.id,
      personId: createUser.user.id,
      gatewayKey: createApiKey.key,
    };
  }

  /** Writes from several clients at once; resolves when so much more has been acknowledged, while the rest is under way. */
  async write(clients: number, acknowledgements: number): Promise<{ readonly ended: Promise<unknown> }> {
    const enough = this.acknowledged.count + acknowledgements;
    const reached = Promise.withResolvers<unknown>();
    const ended = Promise.all(
      Array.from({ length: clients }, async () => {
        while (!this.stopped) {
          try {
            await this.writeSomething();
            this.acknowledged.count += 1;
            if (this.acknowledged.count >= enough) reached.resolve(undefined);
          } catch (error) {
            // An answer that is no acknowledgement is a complaint; a connection that broke is the end of the service.
            if (error instanceof Error && error.message.startsWith('unexpected answer')) this.complaints.push(error.message);
            else this.stopped = true;
          }
        }
      }),
    );
    await Promise.race([reached.promise, ended]);
    return { ended };
  }

  /** Lets the clients end after what they are at. */
  stop(): void {
    this.stopped = true;
  }

  /** What the service says of a key. */
  async verify(credential: string): Promise<string> {
    const { verifyApiKey } = await this.gateway.ask<{ verifyApiKey: { code: string } }, object>(operations.verify, {
      input: { key: credential, permissions: ['service:manage'] },
    });
    return verifyApiKey.code;
  }

  private async writeSomething(): Promise<void> {
    const { acknowledged, place } = this;
    const dice = Math.random();
    const live = [...acknowledged.keys.keys()].filter((id) => !acknowledged.revoked.has(id) && !acknowledged.inDoubt.has(id));
    const chosen = live[Math.floor(Math.random() * live.length)];
    if (dice < 0.3) {
      const { createWorkspace } = await this.ask<{ createWorkspace: { workspace: { id: string } } }>(operations.workspace, {
        applicationId: place.applicationId,
        name: 'Orders',
      });
      acknowledged.workspaces.add(createWorkspace.workspace.id);
      const { grantRole } = await this.ask<{ grantRole: { grant: { id: string } } }>(operations.grant, {
        namespaceId: createWorkspace.workspace.id,
        roleId: 'rol_viewer',
        userId: place.personId,
      });
      acknowledged.grants.add(grantRole.grant.id);
    } else if (dice < 0.6 || chosen === undefined) {
      const { createApiKey } = await this.ask<{ createApiKey: { apiKey: { id: string }; key: string } }>(operations.key, {
        namespaceId: place.organizationId,
        environment: 'PRODUCTION',
        name: 'Script',
        permissions: ['service:manage'],
      });
      acknowledged.keys.set(createApiKey.apiKey.id, createApiKey.key);
    } else {
      acknowledged.inDoubt.add(chosen);
      await this.ask(operations.revoke, { id: chosen });
      acknowledged.revoked.add(chosen);
      acknowledged.inDoubt.delete(chosen);
    }
  }

  private ask<T>(operation: string, input: object): Promise<T> {
    return this.owner.ask<T, object>(operation, { input });
  }
}

/** The owner, signed in. */
export async function signedIn(base: string): Promise<Client> {
  const anonymous = new Client(base);
  const { signIn } = await anonymous.ask<{ signIn: { accessToken: string } }, object>(operations.signIn, { input: OWNER });
  return anonymous.as(signIn.accessToken);
}
