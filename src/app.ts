import 'reflect-metadata';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { migrations } from '../migrations/index.js';
import { purgeIdempotencyKeys, type Quotas } from './access/index.js';
import { DenialLog } from './audit/index.js';
import { type KeyContexts, type OpenContexts, openContexts } from './contexts/index.js';
import type { DatabaseUrl, MysqlLimits } from './database/index.js';
import { type Database, openDatabase, withoutValues } from './database/index.js';
import type { Clock } from './domain/index.js';
import { aroundRoots } from './graphql/aroundRoots.js';
import { assembleSchema } from './graphql/schema.js';
import { addDatabaseParts, type Part, Readiness } from './health/index.js';
import { Draining, type DrainTimes } from './http/Draining.js';
import { type MetricsAddress, openMetrics } from './http/metricsServer.js';
import { buildServer } from './http/server.js';
import { type JobWork, Jobs, type PeriodicTask, purgeJobs } from './jobs/index.js';
import { Meters } from './metrics/index.js';
import { measureParts } from './measureParts.js';
import { importChunk, revokeChunk } from './keys/index.js';
import { bootstrap, firstOrganization, type FirstSignIn, type Founding } from './namespaces/index.js';
import { Passwords } from './people/passwords.js';
import { type OpenRateLimits, openRateLimits, type SharedRedis } from './rateLimits/index.js';
import { createSharedSecrets, type SharedSecrets } from './secrets/index.js';
import { createSessions, purgeSessions, rotateSigningKeys } from './sessions/index.js';
import { aroundStatements, inside, isTraced } from './traces/index.js';
import { purgeStatistics, type Retention, UseLog } from './usage/index.js';
import { resolveHost, type ResolveHost, WebhookDispatcher } from './webhooks/index.js';
import { tables } from './tables.js';
import { ImportedSecrets } from './verification/index.js';
import { purgeWithdrawals } from './withdrawals/index.js';

/** What the service is started with. */
export interface AppOptions {
  readonly databaseUrl: DatabaseUrl;
  /** Where replicas count rate limits together; if left out, this process counts alone. */
  readonly redis?: SharedRedis;
  /** 32 bytes under which private keys are kept. */
  readonly encryptionKey: Buffer;
  /** The issuer of tokens: the address at which the service is reached. */
  readonly publicUrl: string;
  readonly founding: Founding;
  readonly log: Logger;
  /** What each organization may have; all it likes if left out. */
  readonly quotas?: Quotas;
  readonly clock?: Clock;
  /** How many keys are remembered at the most; 100,000 if left out. */
  readonly cachedKeys?: number | undefined;
  /** How webhooks leave the service; to the public internet only, unless said otherwise. */
  readonly webhooks?: { readonly privateTargets?: boolean; readonly timeoutMs?: number; readonly resolve?: ResolveHost };
  /** For how long statistics are kept. */
  readonly retention: Retention;
  /** After how many days access tokens are signed with a new key; 30, if left out. */
  readonly signingKeyDays?: number;
  /** bcrypt's cost; 12 unless a test says otherwise. */
  readonly passwordCost?: number;
  /** How often the service looks for jobs, tasks and news for webhooks that it was not told of: a second, if left out; null: never. */
  readonly lookEveryMs?: number | null;
  /** How often the use of keys is written: each half second, if left out. */
  readonly flushEveryMs?: number;
  /** How much may be asked of MySQL at once, and how long it may take. */
  readonly mysqlLimits?: MysqlLimits;
  /** Requests that are answered at once; 1,000 if left out. */
  readonly mostRequests?: number;
  /** Told of each SQL statement's text; for those who count them. */
  readonly onStatement?: (sql: string) => void;
}

/** The running parts of the service. */
export interface App {
  readonly server: FastifyInstance;
  readonly database: Database;
  readonly sharedSecrets: SharedSecrets;
  readonly webhooks: WebhookDispatcher;
  /** What is remembered of keys. */
  readonly contexts: KeyContexts;
  /** How this process keeps up with the others; null where it has the database to itself. */
  readonly lease: OpenContexts['lease'];
  readonly jobs: Jobs;
  readonly rateLimits: OpenRateLimits;
  /** Told once, when this start founded the installation. */
  readonly firstSignIn: FirstSignIn | null;
  /** The installation's first organization. */
  readonly firstOrganization: () => Promise<{ readonly id: string }>;
  /** The service's figures. */
  readonly meters: Meters;
  /** What `/readyz` tells. */
  readonly readiness: Readiness;
  /** Tells the figures to Prometheus, at an address of their own; which one. */
  readonly openMetrics: (address: MetricsAddress) => Promise<MetricsAddress>;
  /** Ends without leaving anybody without an answer who has asked, and closes; whether all of it was done in time. */
  readonly drain: (times: DrainTimes) => Promise<boolean>;
  /** Stops listening, lets running requests end, and lets go of the database. */
  readonly close: () => Promise<void>;
}

const PASSWORD_COST = 12;
const WEBHOOK_TIMEOUT_MS = 10_000;
const LOOK_EVERY_MS = 1_000;
const HOUR_MS = 3_600_000;
const MOST_REQUESTS = 1_000;
const DAY_MS = 24 * HOUR_MS;
const SIGNING_KEY_DAYS = 30;

/** What is done in each kind of job. */
const work = { importApiKeys: importChunk, revokeApiKeys: revokeChunk } as const;

/** The same, each chunk a trace of its own. */
const inSpans = (all: Readonly<Record<string, JobWork>>): Readonly<Record<string, JobWork>> =>
  Object.fromEntries(
    Object.entries(all).map(([kind, done]) => [
      kind,
      (...given) => inside(`job ${kind}`, { 'bailiwick.job.kind': kind }, () => done(...given)),
    ]),
  );

/** What is done from time to time, by one replica. */
const tasksOf = ({ encryptionKey, retention, signingKeyDays }: AppOptions): readonly PeriodicTask[] => [
  { name: 'purgeStatistics', everyMs: HOUR_MS, run: (database, now, stop) => purgeStatistics(database, now, retention, stop) },
  { name: 'purgeSessions', everyMs: HOUR_MS, run: purgeSessions },
  {
    name: 'rotateSigningKeys',
    everyMs: HOUR_MS,
    run: (database, now) => rotateSigningKeys(database, encryptionKey, now, (signingKeyDays ?? SIGNING_KEY_DAYS) * DAY_MS),
  },
  { name: 'purgeJobs', everyMs: HOUR_MS, run: purgeJobs },
  { name: 'purgeIdempotencyKeys', everyMs: HOUR_MS, run: purgeIdempotencyKeys },
  { name: 'purgeWithdrawals', everyMs: HOUR_MS, run: purgeWithdrawals },
];

/** Whoever has no lease asks the database each time: then others should be asked. */
const leasePart = (lease: OpenContexts['lease']): Part =>
  lease ? { ready: lease.holds(), says: lease.holds() ? 'held' : 'lapsed' } : { ready: true, says: 'unused' };

/** Puts the service together: the one place that knows every part. */
export async function createApp(options: AppOptions): Promise<App> {
  const { encryptionKey, log, publicUrl, quotas } = options;
  const traced = isTraced();
  const database = await openDatabase({
    url: options.databaseUrl,
    schemas: tables as never,
    migrations,
    limits: options.mysqlLimits,
    around: traced ? aroundStatements(options.databaseUrl.kind) : undefined,
    ...(options.onStatement && { onStatement: options.onStatement }),
  });
  const failing =
    (what: string) =>
    (error: unknown): void => {
      log.error({ err: withoutValues(error) }, what);
    };
  const { clock, contexts, lease, withdrawals, ...remembering } = await openContexts({
    database,
    clock: options.clock,
    mostKeys: options.cachedKeys,
    failed: failing,
  });
  const denials = new DenialLog(database, clock, failing('denials could not be written'));
  const uses = new UseLog(database, failing('the use of keys could not be written; it is kept and tried again'), options.flushEveryMs);
  const { lookEveryMs = LOOK_EVERY_MS } = options;
  const jobs = await Jobs.open({
    database,
    clock,
    quotas,
    withdrawals,
    work: traced ? inSpans(work) : work,
    tasks: tasksOf(options),
    lookEveryMs,
    denied: (denial) => denials.note(denial),
    failed: failing('a job or a periodic task failed'),
  });
  const rateLimits = await openRateLimits(clock, log, options.redis);
  const stop = async (): Promise<void> => {
    // What nobody has written yet goes first: whoever is told to stop may be given little time.
    await Promise.all([denials.flush(), uses.flush()]);
    await jobs.close();
    await denials.close();
    await uses.close();
    rateLimits.close();
    await remembering.close();
    await database.close();
  };
  try {
    const passwords = new Passwords(options.passwordCost ?? PASSWORD_COST);
    const firstSignIn = await bootstrap(database, passwords, clock, options.founding);
    const sessions = await createSessions({ database, clock, passwords, encryptionKey, issuer: publicUrl });
    const sharedSecrets = createSharedSecrets(encryptionKey);
    const { privateTargets = false, timeoutMs = WEBHOOK_TIMEOUT_MS, resolve = resolveHost } = options.webhooks ?? {};
    const webhookTargets = { privateAllowed: privateTargets };
    const imported = new ImportedSecrets(database, failing('an imported digest could not be replaced'));
    const services = { sessions, passwords, sharedSecrets, webhookTargets, denials, uses, jobs, imported, rateLimits, contexts };
    const meters = new Meters();
    const readiness = new Readiness();
    addDatabaseParts(readiness, database);
    readiness.add('lease', () => leasePart(lease));
    // Without Redis each replica counts for itself, and says so.
    readiness.add('redis', () => ({ ready: true, says: rateLimits.state() }));
    const draining = new Draining();
    const bounds = { draining, meters, readiness, mostRequests: options.mostRequests ?? MOST_REQUESTS };
    const schema = traced ? aroundRoots(assembleSchema(), inside) : assembleSchema();
    const server = await buildServer({
      schema,
      database,
      clock,
      log,
      publicUrl,
      quotas,
      withdrawals,
      ...services,
      ...bounds,
    });
    const { tried, ...depths } = measureParts(meters, { ...services, database, lease });
    const webhooks = new WebhookDispatcher(
      { database, clock, sharedSecrets, tried, sending: { ...webhookTargets, timeoutMs, resolve } },
      failing('webhooks could not be told'),
      lookEveryMs,
    );
    depths.sending(webhooks);
    let closeMetrics = (): Promise<void> => Promise.resolve();
    const close = async (): Promise<void> => {
      await server.close();
      await webhooks.close();
      await stop();
      await closeMetrics();
    };
    jobs.wake();
    return {
      server,
      database,
      contexts,
      lease,
      jobs,
      rateLimits,
      sharedSecrets,
      webhooks,
      firstSignIn,
      firstOrganization: () => firstOrganization(database.reader),
      meters,
      readiness,
      openMetrics: async (wanted) => {
        const { address, close: end } = await openMetrics(meters, wanted);
        closeMetrics = end;
        return address;
      },
      drain: async (times) => {
        const inTime = await draining.run(server.server, times);
        server.server.closeAllConnections();
        await close();
        return inTime;
      },
      close,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
