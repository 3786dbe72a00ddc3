/** oidc-provider's introspection of opaque tokens, on Node's own server as its documentation has it, in memory. */
import { createServer } from 'node:http';
import Provider from 'oidc-provider';
import { ready, request } from './serve.mjs';

const TOKENS = 1_000;
const [id, secret] = ['bench', 'a-good-long-client-secret-of-the-bench'];
const provider = new Provider('http://127.0.0.1:4000', {
  clients: [{ client_id: id, client_secret: secret, grant_types: ['client_credentials'], redirect_uris: [], response_types: [] }],
  features: { introspection: { enabled: true }, clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
  scopes: ['service:manage'],
  ttl: { ClientCredentials: 86_400 },
});
const server = createServer(provider.callback());
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address();
const client = await provider.Client.find(id);
const tokens = [];
for (let made = 0; made < TOKENS; made += 1) tokens.push(await new provider.ClientCredentials({ client, scope: 'service:manage' }).save());
const headers = {
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
  'content-type': 'application/x-www-form-urlencoded',
};
ready(
  port,
  tokens.map((token) => request('POST', '/token/introspection', headers, `token=${token}`)),
  '"active":true',
);
