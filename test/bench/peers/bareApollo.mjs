/** Apollo with its default settings on the same transport, our own schema, and constants as the answer to our own document. */
import { readFileSync } from 'node:fs';
import { ApolloServer } from '@apollo/server';
import fastifyApollo from '@as-integrations/fastify';
import { fastify } from 'fastify';
import { graphqlRequest, ready } from './serve.mjs';

const [schema, document, answer] = process.argv.slice(2);
const apollo = new ApolloServer({
  typeDefs: readFileSync(schema, 'utf8'),
  resolvers: { Mutation: { verifyApiKey: () => verification } },
});
const verification = JSON.parse(answer);
await apollo.start();
const server = fastify();
await server.register(fastifyApollo(apollo));
await server.listen({ host: '127.0.0.1', port: 0 });
const key = `bwk_prod_01jd4m8t1vf3q9w2r6x0c5n7ke_${'s'.repeat(49)}`;
const variables = { input: { key, permissions: ['service:manage'] } };
ready(
  server.server.address().port,
  [graphqlRequest(readFileSync(document, 'utf8'), variables, { authorization: `Bearer ${key}` })],
  '"valid":true',
);
