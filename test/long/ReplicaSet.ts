import { type ServiceProcess, StartFolder } from '../start/serviceProcess.js';
import { pickPort, untilStopped } from '../support/mariadbProcess.js';
import type { Replicas } from '../support/withdrawals/AnyReplica.js';

type Settings = Readonly<Record<string, string>>;

/** Several processes of the built service on one database, each at an address that it keeps. */
export class ReplicaSet implements Replicas {
  private readonly processes: ServiceProcess[] = [];
  /** Of which nobody expects an answer. */
  private readonly away = new Set<number>();

  private constructor(
    private readonly folder: StartFolder,
    private readonly settings: readonly Settings[],
    readonly bases: readonly string[],
  ) {}

  /** Starts as many as there are settings, the first of them alone: it migrates and founds. */
  static async start(common: Settings, each: readonly Settings[]): Promise<ReplicaSet> {
    const ports = new Set<number>();
    while (ports.size < each.length) ports.add(await pickPort());
    const settings = [...ports].map((port, n) => ({ ...common, ...each[n], PORT: String(port) }));
    const bases = settings.map(({ PORT }) => `http://127.0.0.1:${PORT}`);
    const set = new ReplicaSet(await StartFolder.make(), settings, bases);
    await set.restart(0);
    await Promise.all(bases.slice(1).map((_, n) => set.restart(n + 1)));
    return set;
  }

  answers(replica: number): boolean {
    return !this.away.has(replica);
  }

  /** Freezes a process, as a machine does that is suspended. */
  freeze(replica: number): void {
    this.away.add(replica);
    const { child } = this.of(replica);
    child.kill('SIGSTOP');
    untilStopped(child.pid as number);
  }

  thaw(replica: number): void {
    this.of(replica).child.kill('SIGCONT');
    this.away.delete(replica);
  }

  /** Ends a process without its having a say. */
  async kill(replica: number): Promise<void> {
    this.away.add(replica);
    await this.of(replica).stop('SIGKILL');
  }

  async restart(replica: number): Promise<void> {
    const started = this.folder.start({ settings: this.settings[replica] ?? {} });
    this.processes[replica] = started;
    await started.ready();
    this.away.delete(replica);
  }

  signal(replica: number, signal: NodeJS.Signals): void {
    this.of(replica).child.kill(signal);
  }

  /** What each says of itself at `/readyz`. */
  readiness(): Promise<{ readonly status: number; readonly says: Readonly<Record<string, string>> }[]> {
    return Promise.all(
      this.bases.map(async (base) => {
        const answer = await fetch(`${base}/readyz`);
        return { status: answer.status, says: (await answer.json()) as Readonly<Record<string, string>> };
      }),
    );
  }

  /** Ends all of them. */
  stop(): Promise<void> {
    return this.folder.remove();
  }

  private of(replica: number): ServiceProcess {
    const found = this.processes[replica];
    if (!found) throw new Error(`there is no replica ${replica}`);
    return found;
  }
}
