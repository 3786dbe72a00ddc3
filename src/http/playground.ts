import type { FastifyInstance } from 'fastify';

/** The playground. */
export function playgroundRoutes(_server: FastifyInstance): Promise<void> {
  return Promise.resolve();
}
