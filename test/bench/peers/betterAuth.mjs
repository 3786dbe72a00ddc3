/**
 * better-auth with its API key plugin on SQLite, as its documentation sets both up, behind a Fastify route: the key is read,
 * compared and its use written at each call. Its own limit of ten requests a day and key is off, or it would refuse.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiKey } from '@better-auth/api-key';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import Database from 'better-sqlite3';
import { fastify } from 'fastify';
import { json, ready, request } from './serve.mjs';

const KEYS = 1_000;
const database = new Database(join(mkdtempSync(join(tmpdir(), 'bench-better-auth-')), 'auth.sqlite'));
database.pragma('journal_mode = WAL');
const options = {
  baseURL: 'http://127.0.0.1',
  secret: 's'.repeat(32),
  database,
  telemetry: { enabled: false },
  emailAndPassword: { enabled: true },
  plugins: [apiKey({ rateLimit: { enabled: false } })],
};
await (await getMigrations(options)).runMigrations();
const auth = betterAuth(options);
const { user } = await auth.api.signUpEmail({ body: { email: 'bench@example.com', password: 'a good long password', name: 'Bench' } });
const permissions = { service: ['manage'], application: ['view'], workspace: ['view', 'edit'] };
const keys = [];
for (let made = 0; made < KEYS; made += 1)
  keys.push(await auth.api.createApiKey({ body: { userId: user.id, permissions, name: 'Bench' } }));

const server = fastify();
server.post('/verify', ({ body: { key } }) => auth.api.verifyApiKey({ body: { key, permissions: { service: ['manage'] } } }));
await server.listen({ host: '127.0.0.1', port: 0 });
ready(
  server.server.address().port,
  keys.map(({ key }) => request('POST', '/verify', json, JSON.stringify({ key }))),
  '"valid":true',
);
