import type { App } from '../app.js';
import { type Config, WrongSetting } from '../config.js';

/** Opens the port of the figures, where one is set, before anything can be asked; a port that cannot be had stops the start. */
export async function tellFigures(app: App, { METRICS_PORT: port, BAILIWICK_METRICS_HOST: host }: Config): Promise<void> {
  if (port === undefined) return;
  try {
    const address = await app.openMetrics({ host, port });
    console.log(`  Metrics     http://${host.includes(':') ? `[${host}]` : host}:${address.port}/metrics`);
  } catch (error) {
    const { code = 'it failed' } = error as NodeJS.ErrnoException;
    throw new WrongSetting(`METRICS_PORT: ${host}:${port} cannot be listened on (${code}). Set it, or BAILIWICK_METRICS_HOST, to another.`);
  }
}
