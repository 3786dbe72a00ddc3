import { pino } from 'pino';
import { readConfig } from '../config.js';
import { addressOf } from './addressOf.js';
import { announce } from './announce.js';
import { encryptionKeyFor } from './encryptionKey.js';
import { explainFailure } from './explainFailure.js';
import { keepSignIn, tellSignIn } from './firstSignIn.js';
import { stopOnSignals } from './stopOnSignals.js';
import { tellFigures } from './tellFigures.js';

/** Starts the service: reads the settings, opens the database, listens, says where. What fails says so in one line. */
export async function start(): Promise<void> {
  try {
    const config = readConfig(process.env);
    const { DATABASE_URL: databaseUrl, HOST: host, PORT: port } = config;
    const log = pino({ level: config.LOG_LEVEL });
    // Only now: what is wrong with the settings is told before all the rest is loaded.
    const { createApp } = await import('../app.js');
    const app = await createApp({
      databaseUrl,
      ...(config.REDIS_URL && { redis: { url: config.REDIS_URL } }),
      encryptionKey: config.ENCRYPTION_KEY ?? encryptionKeyFor(databaseUrl),
      publicUrl: config.PUBLIC_URL ?? addressOf(host, port),
      founding: {
        organization: config.BOOTSTRAP_ORGANIZATION,
        email: config.BOOTSTRAP_EMAIL,
        password: config.BOOTSTRAP_PASSWORD,
        keep: keepSignIn,
      },
      webhooks: { privateTargets: config.BAILIWICK_WEBHOOK_PRIVATE_TARGETS },
      retention: { logDays: config.BAILIWICK_LOG_RETENTION_DAYS, usageDays: config.BAILIWICK_USAGE_RETENTION_DAYS },
      signingKeyDays: config.BAILIWICK_SIGNING_KEY_DAYS,
      cachedKeys: config.BAILIWICK_CACHED_KEYS,
      log,
      quotas: { maxApiKeys: config.BAILIWICK_MAX_API_KEYS ?? null },
      mysqlLimits: { connections: config.BAILIWICK_DATABASE_CONNECTIONS, timeoutMs: config.BAILIWICK_DATABASE_TIMEOUT_SECONDS * 1_000 },
      mostRequests: config.BAILIWICK_MAX_REQUESTS,
    });
    try {
      await tellFigures(app, config);
      await app.server.listen({ host, port });
    } catch (error) {
      // The next start founds nothing and tells nothing: on a terminal it is now or never.
      if (app.firstSignIn) console.log(`  Sign in     ${tellSignIn(app.firstSignIn).shown}`);
      await app.close();
      throw error;
    }
    stopOnSignals(app, config.BAILIWICK_DRAIN_SECONDS * 1_000);
    await announce(app);
  } catch (error) {
    console.error(`Bailiwick cannot start: ${explainFailure(error)}`);
    process.exit(1);
  }
}
