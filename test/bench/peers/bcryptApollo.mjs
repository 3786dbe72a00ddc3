/** What is often written by hand: Apollo, the key found by its prefix in SQLite, and the whole of it compared by bcrypt at its usual cost. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { ApolloServer } from '@apollo/server';
import fastifyApollo from '@as-integrations/fastify';
import bcrypt from 'bcrypt';
import Database from 'better-sqlite3';
import { fastify } from 'fastify';
import { graphqlRequest, ready } from './serve.mjs';

const KEYS = 20;
const COST = 10;
const database = new Database(join(mkdtempSync(join(tmpdir(), 'bench-bcrypt-')), 'keys.sqlite'));
database.pragma('journal_mode = WAL');
database.exec(
  'CREATE TABLE api_keys (prefix TEXT PRIMARY KEY, digest TEXT NOT NULL, user_id TEXT NOT NULL, permissions TEXT NOT NULL, revoked INTEGER NOT NULL)',
);
const insert = database.prepare('INSERT INTO api_keys VALUES (?, ?, ?, ?, 0)');
const keys = [];
for (let made = 0; made < KEYS; made += 1) {
  const key = `diy_${randomBytes(24).toString('base64url')}`;
  insert.run(key.slice(0, 12), bcrypt.hashSync(key, COST), 'user', JSON.stringify(['service:manage']));
  keys.push(key);
}
const find = database.prepare('SELECT * FROM api_keys WHERE prefix = ? AND revoked = 0');

const apollo = new ApolloServer({
  typeDefs: `
    type Query { ping: Boolean }
    type Verification { valid: Boolean! userId: ID permissions: [String!]! }
    type Mutation { verifyApiKey(key: String!, permission: String!): Verification! }
  `,
  resolvers: {
    Mutation: {
      async verifyApiKey(_source, { key, permission }) {
        const row = find.get(key.slice(0, 12));
        const valid = row !== undefined && (await bcrypt.compare(key, row.digest));
        const permissions = valid ? JSON.parse(row.permissions) : [];
        return { valid: permissions.includes(permission), userId: valid ? row.user_id : null, permissions };
      },
    },
  },
});
await apollo.start();
const server = fastify();
await server.register(fastifyApollo(apollo));
await server.listen({ host: '127.0.0.1', port: 0 });
const document =
  'mutation ($key: String!, $permission: String!) { verifyApiKey(key: $key, permission: $permission) { valid userId permissions } }';
ready(
  server.server.address().port,
  keys.map((key) => graphqlRequest(document, { key, permission: 'service:manage' })),
  '"valid":true',
);
