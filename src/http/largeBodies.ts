import type { IncomingMessage } from 'node:http';
import type { Environment } from '../authority/index.js';
import { limits } from '../graphql/limits.js';
import { authenticate, type Doorkeeper } from './authenticate.js';

/** Fastify's words for a body that is too large. */
const tooLarge = (): Error => Object.assign(new Error('the body is too large'), { statusCode: 413 });

/** Whether a request says that its body is larger than most may be. */
export const isLarge = ({ headers }: IncomingMessage): boolean => Number(headers['content-length'] ?? 0) > limits.bodyBytes;

/**
 * Decides, before a large body is read, whether it may be sent at all: by a signed-in person, and saying how large it is.
 * Everybody else is held to what is usual; a credential that is no good, or cannot be asked about, is told as ever. What it may hold is decided when it has been parsed.
 */
export async function admitLargeBody(keeper: Doorkeeper, request: IncomingMessage, environment: Environment): Promise<void> {
  const { principal } = await authenticate(keeper, request, environment, null);
  if (principal?.kind !== 'USER') throw tooLarge();
}

/** A body that does not say how large it is, cut off where it is larger than most may be. */
export async function* measured(payload: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of payload) {
    bytes += chunk.length;
    if (bytes > limits.bodyBytes) throw tooLarge();
    yield chunk;
  }
}
