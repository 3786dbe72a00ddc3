import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { readForms } from './forms.js';
import { metadataPaths, tellKeys, tellMetadata } from './metadata.js';
import { oauthProblem } from './oauthProblem.js';
import type { PlainDoors } from './PlainDoors.js';
import { Problem, problemOf, sendProblem } from './problems.js';
import { revoke } from './revocation.js';

const METHODS: HTTPMethods[] = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'TRACE'];
/** Of a form: a credential of 4 KiB, escaped, and a hundred permissions. */
export const FORM_BYTES = 32 * 1_024;

/** Path and query of an address: it may come with our own name before it (RFC 9112, section 3.2.2). */
export const originForm = (url = ''): string => (url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?#]*/i, ''));

/** Whether an address is among the plain doors: an unknown one there is told as they tell it. */
export const isPlain = (url: string): boolean => /^\/(?:oauth2|verify|\.well-known)(?:[/?]|$)/.test(originForm(url));

/**
 * Opens the doors beside GraphQL, but for those that verify: these are `verificationDoors`. What goes wrong at them is told as a
 * problem (RFC 9457).
 */
export function openPlainDoors(server: FastifyInstance, doors: PlainDoors): void {
  void server.register((oauth, _options, opened) => {
    readForms(oauth);
    oauth.setErrorHandler((error, request, reply) => {
      sendProblem(request, reply, oauthProblem(problemOf(error, request.id, doors.log), request.headers));
    });
    oauth.addHook('onRequest', keepNothing);
    open(oauth, '/oauth2/revoke', ['POST'], (request, reply) => revoke(doors, request, reply));
    refuseOthers(oauth, '/oauth2/introspect', ['POST']);
    opened();
  });
  void server.register((plain, _options, opened) => {
    plain.setErrorHandler((error, request, reply) => sendProblem(request, reply, problemOf(error, request.id, doors.log)));
    plain.addHook('onRequest', keepNothing);
    refuseOthers(plain, '/verify', ['GET', 'HEAD']);
    open(plain, '/.well-known/jwks.json', ['GET', 'HEAD'], (_request, reply) => tellKeys(doors, reply));
    for (const path of metadataPaths(doors.publicUrl)) {
      open(plain, path, ['GET', 'HEAD'], (_request, reply) => tellMetadata(doors, reply));
    }
    opened();
  });
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => FastifyReply | Promise<FastifyReply>;

function open(server: FastifyInstance, url: string, methods: HTTPMethods[], handler: Handler): void {
  server.route({ method: methods, url, bodyLimit: FORM_BYTES, handler });
  refuseOthers(server, url, methods);
}

/** Tells other methods which ones a door has, before anything is read of what they bring. */
function refuseOthers(server: FastifyInstance, url: string, methods: HTTPMethods[]): void {
  const allow = methods.join(', ');
  const others = METHODS.filter((method) => !methods.includes(method));
  const refusal = ({ method }: FastifyRequest): Problem =>
    new Problem(405, 'METHOD_NOT_ALLOWED', `There is no ${method} here: use ${allow}.`, { allow });
  const refuse = (request: FastifyRequest): never => {
    throw refusal(request);
  };
  server.route({ method: others, url, onRequest: (request, _reply, done) => done(refusal(request)), handler: refuse });
}

/** What a credential is good for is never kept on the way: it may end within the second. */
const keepNothing = (_request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
  void reply.header('cache-control', 'no-store');
  done();
};
