import type { ExecutionResult } from 'graphql';
import type { Act, Principal } from '../access/index.js';
import { unauthenticated } from '../domain/index.js';
import type { DenialLog } from '../audit/index.js';
import type { KeyContexts } from '../contexts/index.js';
import type { Jobs } from '../jobs/index.js';
import type { Passwords } from '../people/passwords.js';
import type { RateLimits } from '../rateLimits/index.js';
import type { SharedSecrets } from '../secrets/index.js';
import type { Sessions } from '../sessions/index.js';
import type { Targets } from '../webhooks/index.js';
import type { ImportedSecrets } from '../verification/index.js';
import type { UseLog } from '../usage/index.js';
import type { Loaders } from './Loaders.js';

/** What whoever sent no credential is told. */
export const notAuthenticated = 'Send an access token (signIn gives one) or an API key in the Authorization header.';

/** The parts of the service that resolvers call beside use cases. */
export interface GraphServices {
  /** Where refused acts are written. */
  readonly denials: DenialLog;
  /** Sign-in, refresh and sign-out. */
  readonly sessions: Sessions;
  readonly passwords: Passwords;
  /** What is remembered of keys. */
  readonly contexts: KeyContexts;
  /** Where the uses of keys are counted. */
  readonly rateLimits: RateLimits;
  readonly sharedSecrets: SharedSecrets;
  /** Where webhooks may lead, as the operator says. */
  readonly webhookTargets: Targets;
  readonly jobs: Jobs;
  /** Credentials that were made elsewhere. */
  readonly imported: ImportedSecrets;
  /** Where the use of keys is written. */
  readonly uses: UseLog;
  /** Told the code of each verification, for the figures. */
  readonly verified: (code: string) => void;
}

/** What a resolver is given beside its arguments; all of it belongs to one request. */
export class GraphContext {
  /** Ids that this request's own acts made or changed: shown in their payloads even where a later read would not show them. */
  readonly revealed = new Set<string>();
  private authenticated: Act | null;
  /** How many creates this request has begun. */
  private creations = 0;

  /** The body of the request is larger than most may be. */
  largeBody = false;
  /** What came of the request, where it was executed before Apollo was asked to put it into words. */
  executed: ExecutionResult | null = null;

  constructor(
    readonly requestId: string,
    principal: Principal | null,
    private readonly actOf: (principal: Principal) => Act,
    readonly loaders: Loaders,
    private readonly services: GraphServices,
    private readonly idempotencyKey: string | null = null,
  ) {
    this.authenticated = principal && actOf(principal);
  }

  get sessions(): Sessions {
    return this.services.sessions;
  }

  get passwords(): Passwords {
    return this.services.passwords;
  }

  get contexts(): KeyContexts {
    return this.services.contexts;
  }

  get rateLimits(): RateLimits {
    return this.services.rateLimits;
  }

  get sharedSecrets(): SharedSecrets {
    return this.services.sharedSecrets;
  }

  get webhookTargets(): Targets {
    return this.services.webhookTargets;
  }

  get jobs(): Jobs {
    return this.services.jobs;
  }

  get imported(): ImportedSecrets {
    return this.services.imported;
  }

  get uses(): UseLog {
    return this.services.uses;
  }

  get verified(): GraphServices['verified'] {
    return this.services.verified;
  }

  /** Null for whoever sent no credential. */
  get principal(): Principal | null {
    return this.authenticated?.principal ?? null;
  }

  /** The request of an authenticated caller; for others, the refusal. */
  get act(): Act {
    if (!this.authenticated) throw unauthenticated(notAuthenticated);
    return this.authenticated;
  }

  /** Writes into the trail of the caller's tenant that they were refused; `action` where nothing was decided on yet. */
  denied(action: string, reason: string): void {
    if (!this.authenticated) return;
    const { principal, refused } = this.authenticated;
    this.services.denials.note({
      organizationId: principal.organizationId,
      action: refused?.action ?? action,
      targetId: refused?.targetId ?? null,
      namespaceId: refused?.namespaceId ?? null,
      reason,
      actorId: principal.userId,
      actorApiKeyId: principal.kind === 'KEY' ? principal.keyId : null,
      requestId: this.requestId,
    });
  }

  /** Runs one create of the request: under an `Idempotency-Key` it is done once. What comes next is another thing. */
  async creating<T>(field: string, input: unknown, create: () => T): Promise<Awaited<T>> {
    if (this.idempotencyKey === null) return await create();
    const { act } = this;
    act.beginOnce(this.idempotencyKey, this.creations, field, input);
    this.creations += 1;
    try {
      return await create();
    } finally {
      act.endOnce();
    }
  }

  /** Goes on with what is true now, forgetting what was read: for what one request is told of again and again. */
  renew(): void {
    if (this.authenticated) this.authenticated = this.actOf(this.authenticated.principal);
    this.loaders.forget();
  }

  /** Goes on as whoever has just signed in: what their payload leads to is shown to them, as it will be from now on. */
  signedInAs(principal: Principal): void {
    this.authenticated = this.actOf(principal);
  }
}
