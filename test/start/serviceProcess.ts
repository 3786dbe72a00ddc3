import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { crowding } from '../support/crowding.js';
import { freshFolder, removeFolder, startWatchdog, type Watchdog } from '../support/mariadbFolder.js';

/** The repository, whose built tree is started. */
export const REPOSITORY = join(__dirname, '../..');

/** How a child process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly milliseconds: number;
}

export interface StartOptions {
  /** Settings; nothing of this process's environment reaches the child but its PATH. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The user to run as; for root only. */
  readonly uid?: number;
  /** Where `dist` is; this repository unless said otherwise. */
  readonly repository?: string;
}

const READY_WITHIN_MS = 60_000;
/** Where Node keeps what it has compiled: a hundred starts compile the same files. */
const COMPILED = join(REPOSITORY, 'node_modules/.cache/compiled');

/** The built service as a process of its own, in a working folder. */
export class ServiceProcess {
  stdout = '';
  stderr = '';
  readonly ended: Promise<Ending>;
  private ending: Ending | undefined;
  private readonly startedAt = performance.now();

  private constructor(
    readonly child: ChildProcess,
    watchdog: Watchdog,
  ) {
    watchdog.guard(child.pid);
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    // `close`, not `exit`: all that was written has been read then.
    this.ended = once(child, 'close').then((closing) => {
      const [code, signal] = closing as [number | null, NodeJS.Signals | null];
      watchdog.guard(undefined);
      watchdog.release();
      this.ending = { code, signal, milliseconds: performance.now() - this.startedAt };
      return this.ending;
    });
  }

  /** Starts the service in a folder, on a port of the system's choice unless PORT is set. */
  static start(folder: string, { settings = {}, uid, repository = REPOSITORY }: StartOptions = {}): ServiceProcess {
    const child = spawn(process.execPath, [join(repository, 'dist/src/main.js')], {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        NODE_COMPILE_CACHE: COMPILED,
        PORT: '0',
        LOG_LEVEL: 'error',
        BAILIWICK_DRAIN_SECONDS: '0',
        ...settings,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    // The watchdog needs a folder to remove; it gets one that is nobody's.
    return new ServiceProcess(child, startWatchdog(join(folder, '.no-such-folder')));
  }

  /** Waits until the service has said where it is; the address, without a path. */
  async ready(): Promise<string> {
    return this.until(() => /^ {2}API +(http:\/\/\S+)\/graphql$/m.exec(this.stdout)?.[1]);
  }

  /** Waits until something can be told. */
  async until<T>(tell: () => T | undefined): Promise<T> {
    const deadline = performance.now() + READY_WITHIN_MS;
    for (;;) {
      const told = tell();
      if (told !== undefined) return told;
      if (this.ending) throw new Error(`the service ended with ${this.ending.code ?? this.ending.signal}: ${this.stderr}${this.stdout}`);
      if (performance.now() > deadline) throw new Error(`the service did not come up: ${this.stderr}${this.stdout}`);
      await delay(5);
    }
  }

  /** Waits until the service is up, and ends it: what a first start makes is there then. */
  async stopWhenReady(): Promise<void> {
    await this.ready();
    await this.stop();
  }

  /** Sends a signal and waits for the end; from a terminal, if not said otherwise, which waits for nobody who only keeps a connection. */
  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<Ending> {
    this.child.kill(signal);
    return this.ended;
  }
}

/** A folder to start in, and whatever was started there. */
export class StartFolder {
  private readonly started: ServiceProcess[] = [];

  private constructor(readonly path: string) {}

  static async make(): Promise<StartFolder> {
    return new StartFolder(await freshFolder('bailiwick-start-'));
  }

  start(options: StartOptions = {}): ServiceProcess {
    const service = ServiceProcess.start(this.path, options);
    this.started.push(service);
    return service;
  }

  /** Ends what still runs, and removes the folder. */
  async remove(): Promise<void> {
    for (const service of this.started) await service.stop('SIGKILL');
    await removeFolder(this.path);
  }
}

/** What is told on stderr of a start that must fail; with what every such telling has in common checked. */
export async function refusalOf(service: ServiceProcess, ...secrets: readonly string[]): Promise<string> {
  const { code, milliseconds } = await service.ended;
  expect({ code, stdout: service.stdout, stderr: service.stderr }).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^Bailiwick cannot start: [^\n]{20,}\n$/),
  });
  expect(milliseconds).toBeLessThan(10_000 * crowding());
  for (const secret of secrets) expect(service.stderr).not.toContain(secret);
  // No stack, no nameless thing.
  expect(service.stderr).not.toMatch(/^ +at |node_modules|\bError:|undefined|\[object|null/m);
  return service.stderr.slice('Bailiwick cannot start: '.length, -1);
}
