import { Agent as HttpAgent, request as requestHttp, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { isPublicAddress, literalAddress } from './publicAddress.js';
import type { ResolveHost } from './resolveHost.js';
import type { Targets } from './targetUrl.js';

/** How a try ended. Nothing of the answer but its status is looked at. */
export type Sent =
  | { readonly outcome: 'ANSWERED'; readonly status: number }
  | { readonly outcome: 'TIMED_OUT' | 'NOT_PUBLIC' | 'UNREACHABLE' | 'UNTRUSTED' | 'STOPPED' };

/** What is sent. */
export interface Message {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How messages leave the service. */
export interface Sending extends Targets {
  readonly resolve: ResolveHost;
  /** For the whole of a try, from the question for the address to the answer's status. */
  readonly timeoutMs: number;
}

/** The receiver's host leads to no address that may be called. */
class NotPublic extends Error {}

/**
 * Finds the addresses to connect to at the moment of connecting, so that a name that has changed since it was looked at
 * changes nothing. One address that is not public spoils them all.
 */
const publicOnly =
  (resolve: ResolveHost): LookupFunction =>
  (hostname, { all }, done) => {
    resolve(hostname).then(
      (found) => {
        const [first] = found;
        if (first === undefined || !found.every(isPublicAddress)) done(new NotPublic(), '');
        else if (all)
          done(
            null,
            found.map((address) => ({ address, family: familyOf(address) })),
          );
        else done(null, first, familyOf(first));
      },
      () => done(new NotPublic(), ''),
    );
  };

const familyOf = (address: string): 4 | 6 => (address.includes(':') ? 6 : 4);

/** Posts a message once. Follows no redirect, uses no proxy, and keeps no connection. */
export function sendMessage({ url, headers, body }: Message, sending: Sending, stop: AbortSignal): Promise<Sent> {
  const { protocol, hostname } = new URL(url);
  const literal = literalAddress(hostname);
  // Whoever connects to an address looks nothing up: it is checked here.
  if (!sending.privateAllowed && literal !== null && !isPublicAddress(literal)) return Promise.resolve({ outcome: 'NOT_PUBLIC' });
  if (!sending.privateAllowed && protocol !== 'https:') return Promise.resolve({ outcome: 'NOT_PUBLIC' });
  const secure = protocol === 'https:';
  const timeout = AbortSignal.timeout(sending.timeoutMs);
  const options: RequestOptions = {
    method: 'POST',
    headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    signal: AbortSignal.any([timeout, stop]),
    ...(!sending.privateAllowed && { lookup: publicOnly(sending.resolve) }),
  };
  return new Promise((resolve) => {
    // Agents of our own: the global ones obey proxies of the environment.
    const request = secure
      ? requestHttps(url, { ...options, agent: new HttpsAgent({ rejectUnauthorized: true }) })
      : requestHttp(url, { ...options, agent: new HttpAgent() });
    request.on('response', (response) => {
      resolve({ outcome: 'ANSWERED', status: response.statusCode ?? 0 });
      response.destroy();
    });
    // An answer that asks to speak something else is no 'response', and without a listener no 'error' either.
    request.on('upgrade', ({ statusCode = 0 }, socket) => {
      resolve({ outcome: 'ANSWERED', status: statusCode });
      socket.destroy();
    });
    request.on('error', (error) => resolve({ outcome: whatFailed(error, timeout, stop) }));
    // However it ends, it ends.
    request.on('close', () => resolve({ outcome: whatFailed(new Error('closed'), timeout, stop) }));
    request.end(body);
  });
}

function whatFailed(error: NodeJS.ErrnoException, timeout: AbortSignal, stop: AbortSignal): Exclude<Sent['outcome'], 'ANSWERED'> {
  if (stop.aborted) return 'STOPPED';
  if (timeout.aborted) return 'TIMED_OUT';
  if (error instanceof NotPublic) return 'NOT_PUBLIC';
  return /CERT|TLS|SSL|EPROTO|SELF_SIGNED|UNABLE_TO_/.test(error.code ?? '') ? 'UNTRUSTED' : 'UNREACHABLE';
}
