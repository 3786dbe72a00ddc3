import { cpus, loadavg } from 'node:os';

/** How much longer than on a machine of one's own things may take here, because others are at work on it too: 1 where nobody is. */
export const crowding = (): number => Math.max(1, (loadavg()[0] ?? 0) / cpus().length);
