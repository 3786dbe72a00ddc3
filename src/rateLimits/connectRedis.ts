import { isIP } from 'node:net';
import { Redis } from 'ioredis';
import type { RedisUrl } from './redisUrl.js';

const CONNECT_WITHIN_MS = 500;
/** A connection on which nothing comes back for so long is thrown away, also one that was never greeted. */
const SILENT_AT_MOST_MS = 2_000;
const RETRY_FIRST_MS = 50;
const RETRY_AT_MOST_MS = 1_000;

/** One connection to Redis that never makes anybody wait for it: it is not there until it is, and comes back by itself. */
export function connectRedis({ host, port, user, password, database, tls }: RedisUrl): Redis {
  let leaving = false;
  const redis = new Redis({
    host,
    port,
    ...(user !== '' && { username: user }),
    ...(password !== '' && { password }),
    db: database,
    // No host name is sent for an address: TLS does not know any.
    ...(tls && { tls: isIP(host) ? {} : { servername: host } }),
    protocol: 2,
    lazyConnect: true,
    connectTimeout: CONNECT_WITHIN_MS,
    socketTimeout: SILENT_AT_MOST_MS,
    // Whoever closes does not wait for one that is away.
    disconnectTimeout: 100,
    connectionName: 'bailiwick',
    disableClientInfo: true,
    // What cannot be sent now is not sent later, and what was sent is not sent again: a use would be counted when nobody waits for it.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(RETRY_AT_MOST_MS, RETRY_FIRST_MS * 2 ** Math.min(attempt, 10)) * (0.8 + Math.random() * 0.4),
    // A copy that is not written to: the name may lead to another server by now. Left once, however many uses it refused.
    reconnectOnError: ({ message }) => !leaving && message.startsWith('READONLY') && (leaving = true),
  });
  return redis.on('ready', () => (leaving = false));
}
