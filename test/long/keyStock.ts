import {
  ImportApiKeysDocument,
  type ImportedApiKeyInput,
  JobUpdatedDocument,
  type JobUpdatedSubscription,
} from '../generated/documents.js';
import { sha256 } from '../support/jobs.js';
import { sql } from '../support/rows.js';
import type { Service } from '../support/service.js';
import { bearing, openSocket, type TestSocket } from '../support/sockets.js';
import { foundTenant, type TestTenant } from '../support/tenant.js';

const A_CALL = 5_000;
/** Calls whose jobs are not over yet: the next one waits in the queue while one runs. */
const AT_ONCE = 3;
const A_DAY = 86_400_000;
const USERS = 8;
const APPLICATIONS = 4;
const MATURED_AT_ONCE = 20_000;
const FIRST_WORDS = ['Nightly', 'Sensor', 'Billing', 'Über'] as const;
const LATER_WORDS = ['export', 'gateway', 'bridge', 'import'] as const;
const SECOND = ['event:submit', 'apiKey:manage', 'user:view', 'audit:view', 'grant:view', 'role:view', 'job:view', 'log:view'] as const;

/** A number of 32 bits that has nothing to do with its neighbours. */
function mixed(n: number, salt: number): number {
  let bits = Math.imul(n ^ (salt * 0x9e3779b9), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** A tenant whose keys differ in all that lists narrow and order by, the same way at every size. */
export class KeyStock {
  /** How far each job was seen to be. */
  readonly progress: { readonly done: number; readonly total: number }[] = [];
  private readonly socket: TestSocket;

  private constructor(
    private readonly service: Service,
    readonly tenant: TestTenant,
    token: string,
    readonly users: readonly string[],
    readonly applications: readonly string[],
  ) {
    this.socket = openSocket(service, bearing(token));
  }

  static async found(service: Service, name: string): Promise<KeyStock> {
    const tenant = await foundTenant(service, name);
    const { email, password } = tenant.owner;
    const { signIn } = await service.anonymous.ask<{ signIn: { accessToken: string } }, object>(
      'mutation ($input: SignInInput!) { signIn(input: $input) { accessToken } }',
      { input: { email, password, organizationId: tenant.organizationId } },
    );
    const users: string[] = [];
    const applications: string[] = [];
    for (let n = 0; n < APPLICATIONS; n += 1) applications.push(await tenant.application(`Application ${n}`));
    for (let n = 0; n < USERS; n += 1) {
      const granted = [tenant.organizationId, ...applications].map((id) => ['rol_admin', id] as const);
      users.push(await tenant.serviceUser(`Service ${n}`, ...granted));
    }
    return new KeyStock(service, tenant, signIn.accessToken, users, applications);
  }

  /** Imports so many keys, in calls of 5,000. */
  async import(count: number, imported: (keys: number) => void = () => undefined): Promise<void> {
    const running = new Set<Promise<void>>();
    for (let from = 0; from < count; from += A_CALL) {
      const some = Math.min(A_CALL, count - from);
      const run = this.call(from, some).then(() => {
        running.delete(run);
        imported(some);
      });
      running.add(run);
      if (running.size >= AT_ONCE) await Promise.race(running);
    }
    await Promise.all(running);
    this.socket.end();
  }

  /** Lets the keys be used, revoked and issued at a level, as years would have done: what no import says. */
  async mature(): Promise<void> {
    const { organizationId, owner } = this.tenant;
    const [last] = await sql<{ id: number }>(this.service, 'SELECT MAX(rowid) AS id FROM api_keys');
    for (let from = 0; from <= (last?.id ?? 0); from += MATURED_AT_ONCE) {
      await sql(
        this.service,
        `UPDATE api_keys SET
          last_used_at = CASE WHEN random() & 3 THEN strftime('%Y-%m-%d %H:%M:%f', 'now', '-' || (random() & 8388607) || ' seconds') END,
          role_id = CASE random() & 7 WHEN 0 THEN 'rol_admin' WHEN 1 THEN 'rol_event_writer' END
          WHERE organization_id = ? AND rowid > ? AND rowid <= ?`,
        [organizationId, from, from + MATURED_AT_ONCE],
      );
      await sql(
        this.service,
        `UPDATE api_keys SET revoked_at = created_at, revoked_by = ?, stopped = 1
          WHERE organization_id = ? AND rowid > ? AND rowid <= ? AND random() & 7 = 0`,
        [owner.id, organizationId, from, from + MATURED_AT_ONCE],
      );
    }
  }

  private async call(from: number, count: number): Promise<void> {
    const { organizationId, owner } = this.tenant;
    const keys = Array.from({ length: count }, (_, n) => this.item(from + n));
    const { importApiKeys } = await owner.client.ask(ImportApiKeysDocument, { input: { organizationId, keys } });
    const told = await this.socket.all<JobUpdatedSubscription>(JobUpdatedDocument, { id: importApiKeys.job.id });
    for (const { data } of told) this.progress.push({ done: data?.jobUpdated.done ?? 0, total: data?.jobUpdated.total ?? 0 });
    const end = told.at(-1)?.data?.jobUpdated;
    if (end?.status !== 'SUCCEEDED' || end.done !== count)
      throw new Error(`a job did not import ${count} keys: ${JSON.stringify(told.at(-1))}`);
  }

  private item(n: number): ImportedApiKeyInput {
    const of = <T>(salt: number, choices: readonly T[]): T => choices[mixed(n, salt) % choices.length] as T;
    const second = of(1, SECOND);
    const days = 1 + (mixed(n, 2) % 80_000) / 1_000;
    return {
      digest: sha256(`old credential ${n} of ${this.tenant.organizationId}`),
      algorithm: 'SHA256_HEX',
      name: `${of(3, FIRST_WORDS)} ${of(9, LATER_WORDS)} ${n}`,
      userId: of(4, this.users),
      namespaceId: of(5, this.applications),
      environment: of(6, ['PRODUCTION', 'STAGING', 'DEVELOPMENT'] as const),
      permissions: mixed(n, 7) % 2 ? [second] : [...new Set(['configuration:view', second])],
      ...(mixed(n, 8) % 2 ? { expiresAt: new Date(this.service.clock.now().getTime() + days * A_DAY).toISOString() } : {}),
    };
  }
}
