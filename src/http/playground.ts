import fastifyStatic from '@fastify/static';
import { getDistDirectory } from 'altair-static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { job } from './playground/job.js';
import { library } from './playground/library.js';
import { readOperations } from './playground/operations.js';
import { altairOptions } from './playground/options.js';
import { contentSecurityPolicy, playgroundPage } from './playground/page.js';
import { startScript } from './playground/start.js';
import { collectionsOf } from './playground/windows.js';

/** Not served: Altair's bare page, and its frame for scripts, which needs eval. */
const UNSERVED = /index\.html|iframe-sandbox/;

/** The playground: Altair with the ready operations, out of node_modules, without a request to any other host. */
export async function playgroundRoutes(server: FastifyInstance): Promise<void> {
  const operations = readOperations();
  const page = playgroundPage(altairOptions(operations));
  const anonymous = library.flatMap(({ tabs }) => tabs.filter(({ bearer }) => bearer === undefined)).map(({ title }) => title);
  const script = startScript({ tabs: job.length, anonymous, collections: collectionsOf(operations) });

  await server.register(fastifyStatic, {
    root: getDistDirectory(),
    prefix: '/playground/',
    index: false,
    decorateReply: false,
    allowedPath: (path) => !UNSERVED.test(path),
    setHeaders: (reply) => void shield(reply, contentSecurityPolicy()),
  });
  for (const url of ['/playground', '/playground/']) {
    server.get(url, (_request, reply) => {
      const { html, policy } = page();
      return shield(reply, policy).header('cache-control', 'no-store').type('text/html; charset=utf-8').send(html);
    });
  }
  server.get('/playground/start.js', (_request, reply) =>
    shield(reply, contentSecurityPolicy()).header('cache-control', 'no-cache').type('text/javascript; charset=utf-8').send(script),
  );
  server.get('/', (_request, reply) => reply.redirect('/playground', 302));
}

/** Sends an answer that no other page may frame, and that may itself do only what the policy says. */
const shield = (reply: FastifyReply, policy: string): FastifyReply =>
  reply
    .header('content-security-policy', policy)
    .header('x-frame-options', 'DENY')
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'no-referrer')
    .header('cross-origin-opener-policy', 'same-origin');
