import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdtemp, rm, statfs } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const roomNeeded = 1024 ** 3;

async function memoryFolder(): Promise<string | undefined> {
  const folder = '/dev/shm';
  try {
    await access(folder, constants.W_OK);
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize >= roomNeeded ? folder : undefined;
  } catch {
    return undefined;
  }
}

/** Makes a fresh folder that only this user can read: in memory where there is room, else among the temporary files. */
export async function freshFolder(prefix: string): Promise<string> {
  return mkdtemp(join((await memoryFolder()) ?? tmpdir(), prefix));
}

/** Deletes a folder and what is in it; a folder that is gone already is no error. */
export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Cleans up after a process that did not get to do it itself. */
export interface Watchdog {
  /** Names the process to kill, or none. */
  guard(pid: number | undefined): void;
  /** Lets the watchdog go; it removes the folder. */
  release(): void;
}

// Standard input ends when the parent is gone, however it went (Ctrl-C, kill -9). The wait is bounded: where nobody reaps orphans,
// the killed server stays a zombie.
const watch = `
trap '' INT TERM HUP
pid=
while read -r line; do pid=$line; done
if [ -n "$pid" ]; then
  kill -9 "$pid"
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do kill -0 "$pid" || break; sleep 0.1; done
fi
rm -rf "$1"
`;

/** Starts a process which, once this process has ended, kills the guarded process and removes the folder. */
export function startWatchdog(folder: string): Watchdog {
  const shell = spawn('/bin/sh', ['-c', watch, 'test-mariadb-watchdog', folder], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // It must not keep this process alive, nor fail it.
  shell.on('error', () => undefined);
  shell.unref();
  const line = shell.stdin as Socket;
  line.on('error', () => undefined);
  line.unref();
  return {
    guard: (pid) => void line.write(`${pid ?? ''}\n`),
    release: () => void line.end(),
  };
}
