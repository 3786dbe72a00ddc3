import { createServer, type Server, type ServerResponse } from 'node:http';
import { ArrivingRequest } from './ArrivingRequest.js';
import type { TakesRequest } from './doors/verificationDoors.js';
import { hangUpOnSilence } from './hangUpOnSilence.js';
import { seeToClose } from './queuedAnswers.js';

/** Who sends slowly is hung up on: the headers are there soon, and all of the request. */
const HEADERS_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const CHECK_MS = 1_000;
const HEADER_BYTES = 16 * 1024;
/** Longer than balancers keep a connection that nobody uses: the one who closes first must not be the one who is sent a request. */
const KEEP_ALIVE_MS = 75_000;
/** Nothing is sent in either direction: longer than the longest change may take. */
const SILENCE_MS = 150_000;
/** Each takes a file descriptor and some memory, also where nothing is sent on it. */
const MOST_CONNECTIONS = 10_000;

/** Node's HTTP server: the doors that verify stand on it themselves, and everything else is Fastify's. */
export function nodeServer(
  takes: TakesRequest,
  others: (request: ArrivingRequest, response: ServerResponse) => void,
  failed: (error: unknown) => void,
): Server {
  const server = createServer(
    {
      IncomingMessage: ArrivingRequest,
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: CHECK_MS,
      maxHeaderSize: HEADER_BYTES,
      // Node would hand every other upgrade to the sockets as well, as that to HTTP/2 which clients offer with a usual request.
      shouldUpgradeCallback: ({ headers }) => /^websocket$/i.test(headers.upgrade ?? ''),
    },
    (request, response) => {
      try {
        seeToClose(request, response);
        if (!takes(request, response)) others(request, response);
      } catch (error) {
        // It would be nobody's, and end the process.
        failed(error);
        response.destroy();
      }
    },
  );
  hangUpOnSilence(server, SILENCE_MS);
  server.maxConnections = MOST_CONNECTIONS;
  return server;
}
