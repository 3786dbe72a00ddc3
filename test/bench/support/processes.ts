import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Load, Plan, Turn } from '../client/plan.js';

/** Server and client as processes, each on a core of its own. */

const root = join(__dirname, '../../../..');
const PROBE = join(root, 'test/bench/peers/probe.cjs');
const CLIENT = join(root, 'dist/test/bench/client/run.js');
const SERVER_CORE = 0;
const CLIENT_CORE = 1;
const LEAD_MS = 250;

/** Whether a process can be kept on one core here: util-linux is there, and more than one core. */
export const canPin = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0;

/** A path of the repository. */
export const inRepository = (...parts: readonly string[]): string => join(root, ...parts);

/** What a server's own process tells of the time between two marks. */
export interface Told {
  readonly cpuMicroseconds: number;
  readonly heapUsed: number;
  readonly requests: number;
  /** From headers parsed to the answer handed to the socket, in microseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly longest: number;
}

/** A server that is up. */
export interface Server {
  readonly child: ChildProcess;
  begin(latency?: boolean): void;
  end(collect?: boolean): Promise<Told>;
  stop(): Promise<void>;
}

/** Starts a Node program with the probe in it. Its output is kept for whoever waits for it, and shown where it fails. */
export function startProgram(file: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}, core = SERVER_CORE): Server {
  const command = [...pinned(core), process.execPath, '--expose-gc', '--require', PROBE, file, ...args];
  const child = spawn(command[0] as string, command.slice(1), {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'production', ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4_000)));
  let stopping = false;
  child.once('exit', (code) => {
    if (!stopping) throw new Error(`${file} ended with ${code}:\n${said}`);
  });
  return {
    child,
    begin: (latency = false) => void child.send({ probe: 'begin', latency }),
    end: async (collect = false) => {
      child.send({ probe: 'end', collect });
      return (await message<{ told: Told }>(child, 'told')).told;
    },
    stop: async () => {
      stopping = true;
      child.kill('SIGTERM');
      const hard = setTimeout(() => child.kill('SIGKILL'), 5_000);
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      clearTimeout(hard);
    },
  };
}

const pinned = (core: number): readonly string[] => (canPin ? ['taskset', '--cpu-list', String(core)] : []);

/** The next message of a process that has that field. */
export async function message<T extends object>(child: ChildProcess, field: keyof T): Promise<T> {
  for (;;) {
    const [received] = (await once(child, 'message')) as [T | { readonly failed: string }];
    if ('failed' in received) throw new Error(received.failed);
    if (field in received) return received;
  }
}

/** A client that has warmed a server, and waits for its turns. */
export interface Client {
  /** Loads the server for so long; what was measured, and what the server tells of the same time. */
  measure(milliseconds: number): Promise<Load & { readonly told: Told }>;
  stop(): void;
}

/** Lets a client warm a server by a plan. */
export async function openClient(server: Server, plan: Plan): Promise<Client> {
  const command = [...pinned(CLIENT_CORE), process.execPath, CLIENT];
  const child = spawn(command[0] as string, command.slice(1), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  child.send(plan);
  await message<{ warm: true }>(child, 'warm');
  return {
    measure: async (measureMs) => {
      child.send({ leadMs: LEAD_MS, measureMs } satisfies Turn);
      await message<{ began: true }>(child, 'began');
      server.begin(plan.rate !== undefined);
      const { measured } = await message<{ measured: Load }>(child, 'measured');
      return { ...measured, told: await server.end() };
    },
    stop: () => void child.kill('SIGKILL'),
  };
}

/** Loads a server once. */
export async function load(server: Server, plan: Plan, measureMs: number): Promise<Load & { readonly told: Told }> {
  const client = await openClient(server, plan);
  try {
    return await client.measure(measureMs);
  } finally {
    client.stop();
  }
}
