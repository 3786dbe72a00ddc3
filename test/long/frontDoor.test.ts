import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { REPOSITORY, StartFolder } from '../start/serviceProcess.js';
import { Client } from '../support/client.js';
import { crowding, slowness } from '../support/crowding.js';
import { removeFolder, startWatchdog, type Watchdog } from '../support/mariadbFolder.js';
import { pickPort } from '../support/mariadbProcess.js';

const CLONE_TO_ANSWER_MS = 60_000;
const OWN_START_MS = 3_000;
const TRIES = 4;

/** What somebody has who has just come: their shell's PATH and home, and nothing that npm or Jest adds. */
const environment = {
  PATH: (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
    .join(delimiter),
  HOME: process.env['HOME'],
};

let folder: string;
let watchdog: Watchdog;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bailiwick-front-door-'));
  watchdog = startWatchdog(folder);
});
afterAll(async () => {
  watchdog.release();
  await removeFolder(folder);
});

const seconds = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(1)} s`;
const run = (program: string, parameters: readonly string[], cwd: string): Promise<unknown> =>
  promisify(execFile)(program, parameters, { cwd, env: environment, maxBuffer: 64 * 1_024 * 1_024 });

/** Does it, and again, TRIES times at the most, where it took too long; how long it took in the end, as a part of what it may take. */
async function timed(bound: number, attempt: (number: number) => Promise<number>): Promise<number> {
  let part = Infinity;
  for (let number = 1; number <= TRIES && part > 1; number += 1) {
    const before = crowding();
    const took = await attempt(number);
    // Not its load: that is by now what was timed.
    const crowded = Math.max(before, slowness());
    console.log(`${seconds(took)} of ${seconds(bound)}, on a machine that is ${crowded.toFixed(1)} times as slow as when it is idle`);
    part = took / (bound * crowded);
  }
  return part;
}

it('a newcomer clones, installs, starts and has a first answer within a minute', async () => {
  const part = await timed(CLONE_TO_ANSWER_MS, async (number) => {
    const clone = join(folder, `clone-${number}`);
    const times: string[] = [];
    const began = performance.now();
    let lap = began;
    const step = (name: string): void => {
      const now = performance.now();
      times.push(`${name} ${seconds(now - lap)}`);
      lap = now;
    };

    await run('git', ['clone', '--quiet', REPOSITORY, clone], folder);
    step('git clone');
    await run('npm', ['ci', '--no-audit', '--no-fund'], clone);
    step('npm ci');
    const started = npmStart(clone);
    const base = await started.ready;
    const answer = await new Client(base).send('{ __typename }');
    step('npm start to the first answer');
    expect([answer.status, answer.data]).toEqual([200, { __typename: 'Query' }]);
    const whole = performance.now() - began;
    console.log(times.join(', '));
    await started.stop();
    return whole;
  });
  expect(part).toBeLessThan(1);
}, 1_800_000);

it('the service itself is alive within three seconds, first start in an empty folder', async () => {
  const part = await timed(OWN_START_MS, async () => {
    const empty = await StartFolder.make();
    try {
      const port = await pickPort();
      const began = performance.now();
      const service = empty.start({ settings: { PORT: String(port) }, repository: join(folder, 'clone-1') });
      while (!(await isAlive(`http://127.0.0.1:${port}/livez`))) {
        if (service.child.exitCode !== null) throw new Error(`the service ended: ${service.stderr}`);
        await delay(10);
      }
      const whole = performance.now() - began;
      await service.stop();
      return whole;
    } finally {
      await empty.remove();
    }
  });
  expect(part).toBeLessThan(1);
}, 120_000);

async function isAlive(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).status === 200;
  } catch {
    return false;
  }
}

/** `npm start`, with its shell and its Node in a group of their own, so that all of it can be ended. */
function npmStart(clone: string): { readonly ready: Promise<string>; stop(): Promise<void> } {
  const child: ChildProcess = spawn('npm', ['start'], {
    cwd: clone,
    env: { ...environment, PORT: '0' },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const group = -(child.pid ?? 0);
  watchdog.guard(group);
  const ended = once(child, 'close');
  let said = '';
  const ready = new Promise<string>((resolve, reject) => {
    const hear = (text: string): void => {
      said += text;
      const [, base] = /^ {2}API +(http:\/\/\S+)\/graphql$/m.exec(said) ?? [];
      if (base !== undefined) resolve(base);
    };
    child.stdout?.setEncoding('utf8').on('data', hear);
    child.stderr?.setEncoding('utf8').on('data', hear);
    void ended.then(() => reject(new Error(`npm start ended: ${said}`)));
  });
  return {
    ready,
    async stop() {
      process.kill(group, 'SIGTERM');
      await ended;
      watchdog.guard(undefined);
    },
  };
}
