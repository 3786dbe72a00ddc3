/** A bare Fastify route that parses JSON and answers JSON, both of the size that introspection has. */
import { fastify } from 'fastify';
import { json, ready, request } from './serve.mjs';

const answer = {
  active: true,
  scope: 'service:manage application:view workspace:view organization:view',
  client_id: 'key_01jd4m8t1vf3q9w2r6x0c5n7ke',
  username: 'usr_01jd4m8t1vf3q9w2r6x0c5n7kf',
  token_type: 'Bearer',
  exp: 1795219200,
  iat: 1795132800,
  nbf: 1795132800,
  sub: 'usr_01jd4m8t1vf3q9w2r6x0c5n7kf',
  aud: 'org_01jd4m8t1vf3q9w2r6x0c5n7kg',
  iss: 'http://127.0.0.1:4000',
  jti: 'key_01jd4m8t1vf3q9w2r6x0c5n7ke',
};
const server = fastify();
server.post('/json', (incoming, reply) => {
  reply.send(typeof incoming.body.token === 'string' ? answer : { active: false });
});
await server.listen({ host: '127.0.0.1', port: 0 });
const token = `bwk_prod_01jd4m8t1vf3q9w2r6x0c5n7ke_${'s'.repeat(49)}`;
const authorization = `Bearer ${token}`;
ready(server.server.address().port, [request('POST', '/json', { ...json, authorization }, JSON.stringify({ token }))], '"active":true');
