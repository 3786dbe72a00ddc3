import type { FastifyInstance } from 'fastify';
import type { Database } from '../database/index.js';
import type { OpenRateLimits } from '../rateLimits/index.js';

/**
 * `/livez`: the process runs. `/readyz`: it can answer, which needs the database. Without Redis it can: it then counts
 * rate limits for itself, and says so.
 */
export function healthRoutes(server: FastifyInstance, database: Database, rateLimits: OpenRateLimits): void {
  server.get('/livez', () => ({ status: 'alive' }));
  server.get('/readyz', async (_request, reply) => {
    const ready = await database.answers();
    return reply.code(ready ? 200 : 503).send({
      status: ready ? 'ready' : 'not ready',
      database: ready ? 'up' : 'away',
      redis: rateLimits.state(),
    });
  });
}
