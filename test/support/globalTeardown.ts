// No `.js` here: see globalSetup.ts.
import { stopOwnServer } from './globalSetup';

/** Stops the run's MariaDB. An interrupted run does not come here; the server's watchdog cleans up then. */
export default async function globalTeardown(): Promise<void> {
  await stopOwnServer();
}
