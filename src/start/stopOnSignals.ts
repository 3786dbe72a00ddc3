import type { App } from '../app.js';

/** Connections that look idle may have a request on its way to us. */
const LINGER_MS = 500;
/** Beyond the pause, to answer what is under way, and to end all of it; whoever stops us often kills after ten seconds. */
const ANSWER_WITHIN_MS = 5_000;
const END_WITHIN_MS = 8_000;

/**
 * SIGTERM ends the service without one failed request, after a pause in which whoever balances can notice. SIGINT, from a
 * terminal, does so without the pause. Whoever sends a second signal has waited long enough.
 */
export function stopOnSignals(app: App, pauseMs: number): void {
  let stopping = false;
  const stop = (pause: number): void => {
    if (stopping) process.exit(1);
    stopping = true;
    const late = setTimeout(() => giveUp(pause), pause + END_WITHIN_MS);
    const times = { pauseMs: pause, lingerMs: LINGER_MS, totalMs: pause + ANSWER_WITHIN_MS };
    app.drain(times).then(
      (inTime) => {
        clearTimeout(late);
        if (!inTime) giveUp(pause);
        process.exit(0);
      },
      (error: unknown) => {
        console.error(`Bailiwick did not end cleanly: ${error instanceof Error ? error.message : 'for an unknown reason'}.`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => stop(pauseMs));
  process.on('SIGINT', () => stop(0));
}

function giveUp(pause: number): never {
  console.error(`Bailiwick was stopped after ${(pause + END_WITHIN_MS) / 1_000} s: not all that was under way could be ended.`);
  process.exit(1);
}
