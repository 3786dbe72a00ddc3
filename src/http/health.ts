import type { FastifyInstance } from 'fastify';
import type { Readiness } from '../health/index.js';
import type { Draining } from './Draining.js';

/** Where the service says how it is. These are answered also where everything else is refused. */
export const healthPaths: ReadonlySet<string> = new Set(['/livez', '/readyz']);

/** `/livez`: the process runs, and asks nobody. `/readyz`: it can answer, and will go on to. */
export function healthRoutes(server: FastifyInstance, readiness: Readiness, draining: Draining): void {
  server.get('/livez', async (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'alive' }));
  server.get('/readyz', async (_request, reply) => {
    const { ready, parts } = await readiness.ask();
    const status = draining.began ? 'draining' : ready ? 'ready' : 'not ready';
    return reply
      .header('cache-control', 'no-store')
      .code(status === 'ready' ? 200 : 503)
      .send({ status, ...parts });
  });
}
