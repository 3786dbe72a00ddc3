import { within } from './within.js';

/** How one part of the service is, in a word or two; `ready: false` where nothing can be answered without it. */
export interface Part {
  readonly ready: boolean;
  readonly says: string;
}

/** Asks one part. One that throws, or does not answer in time, is not ready. */
export type Check = () => Part | Promise<Part>;

/** Whether this process can answer, and how each of its parts is. */
export interface Told {
  readonly ready: boolean;
  readonly parts: Readonly<Record<string, string>>;
}

const ANSWER_WITHIN_MS = 1_000;
const SILENT: Part = { ready: false, says: 'no answer' };

/**
 * What `/readyz` tells: each part has a name and a check. A check is bounded in time and runs once at a time, however many ask:
 * anybody may, and none of them may keep a frozen database busy.
 */
export class Readiness {
  private readonly checks = new Map<string, Check>();
  private readonly asked = new Map<string, Promise<Part>>();

  /** Adds a part; its name is what its line is called. */
  add(name: string, check: Check): void {
    if (this.checks.has(name)) throw new Error(`two parts are called ${name}`);
    this.checks.set(name, check);
  }

  async ask(): Promise<Told> {
    const parts = await Promise.all([...this.checks].map(async ([name, check]) => [name, await this.askOne(name, check)] as const));
    return {
      ready: parts.every(([, { ready }]) => ready),
      parts: Object.fromEntries(parts.map(([name, { says }]) => [name, says])),
    };
  }

  private askOne(name: string, check: Check): Promise<Part> {
    let asked = this.asked.get(name);
    if (!asked) {
      asked = answerOf(check).finally(() => this.asked.delete(name));
      this.asked.set(name, asked);
    }
    return within(ANSWER_WITHIN_MS, asked, SILENT);
  }
}

async function answerOf(check: Check): Promise<Part> {
  try {
    return await check();
  } catch {
    return { ready: false, says: 'away' };
  }
}
