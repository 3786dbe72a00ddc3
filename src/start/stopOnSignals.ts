import type { App } from '../app.js';

/** How long connections are left open that look idle: a request may be on its way to us. From a terminal few are. */
const LINGER_MS = { SIGTERM: 2_000, SIGINT: 200 } as const;
/** Beyond the pause, to answer what is under way, and to end all of it: whoever stops us often kills after ten seconds. */
const ANSWER_WITHIN_MS = 5_000;
const END_WITHIN_MS = 8_000;

/**
 * SIGTERM ends the service without one failed request, after a pause in which whoever balances can notice. SIGINT, from a
 * terminal, does so without the pause. Whoever sends a second signal has waited long enough.
 */
export function stopOnSignals(app: App, pauseMs: number): void {
  let stopping = false;
  const stop = (signal: keyof typeof LINGER_MS): void => {
    if (stopping) process.exit(1);
    stopping = true;
    const pause = signal === 'SIGTERM' ? pauseMs : 0;
    const began = performance.now();
    const giveUp = (): never => {
      const seconds = ((performance.now() - began) / 1_000).toFixed(1);
      console.error(`Bailiwick was stopped after ${seconds} s: not all that was under way could be ended.`);
      process.exit(1);
    };
    setTimeout(giveUp, pause + END_WITHIN_MS);
    app.drain({ pauseMs: pause, lingerMs: LINGER_MS[signal], totalMs: pause + ANSWER_WITHIN_MS }).then(
      (inTime) => (inTime ? process.exit(0) : giveUp()),
      (error: unknown) => {
        console.error(`Bailiwick did not end cleanly: ${error instanceof Error ? error.message : 'for an unknown reason'}.`);
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop(signal));
}
