import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Replicas } from './AnyReplica.js';
import type { Door, Knock, Response, Said } from './doors.js';
import type { Told, WatchedKey } from './WatchedKey.js';

/** One question and its answer. */
export interface Asked extends Told {
  readonly replica: number;
  readonly door: string;
  readonly watched: WatchedKey;
}

/** Clients that ask one replica over and over, and how long each pauses. */
export interface Load {
  readonly clients: number;
  readonly pauseMs: number;
}

const PAUSE_MS = 5;
/** Withdrawn keys are asked about for some time: a stale answer may be remembered late. */
const KEPT_WITHDRAWN = 60;
/** Every third question is about one of those. */
const OF_WITHDRAWN = 1 / 3;

/** Asks all replicas about keys without a pause, and judges every answer. */
export class Watch {
  readonly wrong: string[] = [];
  /** Answers, by door and what was said. */
  readonly counts = new Map<string, number>();
  /** Why there was no answer, and how often. */
  readonly breaks = new Map<string, number>();
  /** Questions that began after a withdrawal's answer, and were refused as they must be. */
  refusedAfter = 0;
  /** Questions that began after a change back was answered, and were accepted as they must be. */
  acceptedAfter = 0;
  /** Told of each answer. */
  onAnswer: (asked: Asked) => void = () => undefined;
  private readonly live = new Set<WatchedKey>();
  private readonly withdrawn: WatchedKey[] = [];
  private readonly agents: Agent[];
  private readonly pending = new Set<Promise<unknown>>();
  private stopped = false;

  constructor(
    private readonly replicas: Replicas,
    private readonly load: Load,
  ) {
    this.agents = replicas.bases.map(() => new Agent({ keepAlive: true }));
    for (const replica of this.all) {
      for (let client = 0; client < load.clients; client += 1) this.track(this.askOn(replica));
    }
  }

  add(...keys: readonly WatchedKey[]): void {
    for (const key of keys) this.live.add(key);
  }

  /** It is withdrawn for good. */
  retire(...keys: readonly WatchedKey[]): void {
    for (const key of keys) this.live.delete(key);
    this.withdrawn.push(...keys);
    this.withdrawn.splice(0, this.withdrawn.length - KEPT_WITHDRAWN);
  }

  /** Asks all replicas that answer now at every door, until each has said yes: each knows the key now, unless it has ended. */
  async heat(key: WatchedKey): Promise<void> {
    const answering = this.all.filter((replica) => this.replicas.answers(replica));
    await Promise.all(
      this.everywhere(answering, key, ({ said, replica }) => said === 'YES' || key.isWithdrawn || !this.replicas.answers(replica)),
    );
  }

  /** Asks all replicas at every door at this very instant, also those that cannot answer now; nobody waits for the answers. */
  probe(key: WatchedKey): void {
    for (const ask of this.everywhere(this.all, key, () => true)) this.track(ask);
  }

  /** One question. */
  async ask(replica: number, door: Door, watched: WatchedKey): Promise<Asked> {
    const { epoch } = watched;
    const began = performance.now();
    const response = await this.send(replica, door.ask(watched));
    const said = meaningOf(response, door);
    const asked: Asked = { said, began, ended: performance.now(), epoch, replica, door: door.name, watched };
    this.judge(asked, response);
    return asked;
  }

  /** Lets every question be answered. */
  async stop(): Promise<void> {
    this.stopped = true;
    while (this.pending.size > 0) await Promise.all(this.pending);
    for (const agent of this.agents) agent.destroy();
  }

  /** How many answers said that. */
  count(said: Said): number {
    return [...this.counts].reduce((sum, [name, count]) => (name.endsWith(` ${said}`) ? sum + count : sum), 0);
  }

  /** How many answers there were, whatever they said. */
  get told(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  private get all(): readonly number[] {
    return [...this.replicas.bases.keys()];
  }

  private everywhere(replicas: readonly number[], key: WatchedKey, enough: (asked: Asked) => boolean): Promise<void>[] {
    const until = async (replica: number, door: Door): Promise<void> => {
      while (!enough(await this.ask(replica, door, key)) && !this.stopped) await delay(PAUSE_MS);
    };
    return replicas.flatMap((replica) => key.doors.map((door) => until(replica, door)));
  }

  private judge(asked: Asked, response: Response | null): void {
    const { said, replica, door, watched, epoch } = asked;
    const name = `${door} ${said}`;
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    const wrong = watched.wrong(asked) ?? wrongInItself(asked, response);
    if (wrong) this.wrong.push(`${watched.kind}: ${wrong}, by ${door} of replica ${replica} (${Math.round(asked.ended - asked.began)} ms)`);
    if (epoch > 0 && epoch === watched.epoch) {
      if (said === 'NO' && watched.isWithdrawn) this.refusedAfter += 1;
      if (said === 'YES' && !watched.isWithdrawn) this.acceptedAfter += 1;
    }
    this.onAnswer(asked);
  }

  private async askOn(replica: number): Promise<void> {
    while (!this.stopped) {
      const watched = this.choose();
      const door = watched && oneOf(watched.doors);
      if (door) await this.ask(replica, door, watched);
      await delay(this.load.pauseMs);
    }
  }

  private choose(): WatchedKey | undefined {
    const isWithdrawn = this.withdrawn.length > 0 && Math.random() < OF_WITHDRAWN;
    return oneOf(isWithdrawn || this.live.size === 0 ? this.withdrawn : [...this.live]);
  }

  private track(work: Promise<unknown>): void {
    const tracked = work.finally(() => this.pending.delete(tracked));
    this.pending.add(tracked);
  }

  /** Null where the connection broke, or there was none. */
  private send(replica: number, { method, path, headers, body }: Knock): Promise<Response | null> {
    return new Promise((resolve) => {
      const broke = (error: Error): void => {
        this.breaks.set(error.message, (this.breaks.get(error.message) ?? 0) + 1);
        resolve(null);
      };
      const asked = request(`${this.replicas.bases[replica]}${path}`, { agent: this.agents[replica], method, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('error', broke);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], text }));
      });
      asked.on('error', broke);
      asked.end(body);
    });
  }
}

const oneOf = <T>(things: readonly T[]): T | undefined => things[Math.floor(Math.random() * things.length)];

function meaningOf(response: Response | null, door: Door): Said {
  if (!response) return 'BROKEN';
  // Also where a part of the request was answered already, and its status had to be 200.
  if (response.status === 503 || response.text.includes('"code":"UNAVAILABLE"')) return 'AWAY';
  return response.status === 429 ? 'SPENT' : (door.read(response) ?? 'BROKEN');
}

/** An answer that no door may ever give. */
function wrongInItself({ said }: Asked, response: Response | null): string | null {
  if (!response) return null;
  if (said === 'BROKEN') return `told ${response.status} ${response.text}`;
  if (response.status === 503 && response.retryAfter === undefined) return 'told 503 without Retry-After';
  return said === 'SPENT' ? 'told that its limit is used up' : null;
}
