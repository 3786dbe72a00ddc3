import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { type App, type AppOptions, createApp } from '../../src/app.js';
import { parseDatabaseUrl } from '../../src/database/index.js';
import { Client } from './client.js';
import { createTestDatabase, type DatabaseKind, type TestDatabase } from './testDatabase.js';

/** A clock that a test moves. It starts at the real time and stands still. */
export class TestClock {
  private instant = new Date();

  readonly now = (): Date => new Date(this.instant);

  /** Moves the clock forward. */
  advance(milliseconds: number): void {
    this.instant = new Date(this.instant.getTime() + milliseconds);
  }

  /** Sets the clock. */
  set(instant: Date): void {
    this.instant = new Date(instant);
  }
}

/** The service as a test runs it: in this process, on a database of its own, asked over real HTTP. */
export interface Service {
  readonly app: App;
  readonly url: string;
  readonly clock: TestClock;
  /** A client without a credential. */
  readonly anonymous: Client;
  /** What the service has logged, line by line. */
  readonly logged: readonly string[];
  /** What another process needs to run beside this one. */
  readonly shared: Pick<AppOptions, 'databaseUrl' | 'encryptionKey'>;
  /** The SQL statements that were sent while the work ran, but for those that the service sends by the clock. */
  statementsOf(work: () => Promise<unknown>): Promise<readonly string[]>;
  stop(): Promise<void>;
}

export const OWNER = { email: 'owner@localhost', password: 'correct horse battery' } as const;

/** Settings that a test chooses. */
type Chosen = Partial<Pick<AppOptions, 'flushEveryMs' | 'publicUrl' | 'quotas' | 'redis' | 'webhooks'>>;

/** Starts a service on an empty database of the Jest project's kind, with OWNER as the owner of its first organization. */
export async function startService(kind?: DatabaseKind, more: Chosen = {}): Promise<Service> {
  const database: TestDatabase = await createTestDatabase(kind);
  const databaseUrl = parseDatabaseUrl(database.url);
  if (!databaseUrl) throw new Error('the test database has no usable URL');
  return run({ databaseUrl, encryptionKey: randomBytes(32) }, new TestClock(), more, () => database.drop());
}

/** Starts another replica on a service's database and by its clock; it is stopped first. */
export const startBeside = ({ shared, clock }: Service, more: Chosen = {}): Promise<Service> =>
  run(shared, clock, more, () => Promise.resolve());

async function run(shared: Service['shared'], clock: TestClock, more: Chosen, drop: () => Promise<void>): Promise<Service> {
  const logged: string[] = [];
  const write = (line: string): void => {
    logged.push(line);
    // Few tests take it away on purpose: where another fails because of that, its output says why.
    if (line.includes('the database is away')) process.stderr.write(line);
  };
  let statements: string[] | null = null;
  // What is set up here is behind the answers: requests come in through the port that is opened below.
  const behindAnswers = new AsyncLocalStorage<true>();
  const options: AppOptions = {
    ...shared,
    publicUrl: 'http://bailiwick.test',
    founding: { organization: 'First', ...OWNER },
    log: pino({ level: 'info' }, { write }),
    clock: clock.now,
    retention: { logDays: 30, usageDays: 400 },
    passwordCost: 4,
    // Jobs run when they are started; what another life has left behind, a test looks for itself.
    lookEveryMs: null,
    ...more,
    onStatement: (sql) => {
      if (!behindAnswers.getStore()) statements?.push(sql);
    },
  };
  const app = await behindAnswers.run(true, () => createApp(options));
  const url = await app.server.listen({ host: '127.0.0.1', port: 0 });
  return {
    app,
    url,
    clock,
    shared,
    anonymous: new Client(url),
    logged,
    async statementsOf(work) {
      const sent: string[] = [];
      statements = sent;
      await work();
      statements = null;
      return sent;
    },
    async stop() {
      await app.close();
      await drop();
    },
  };
}
