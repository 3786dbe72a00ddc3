/** A bare node:http server: what the client can send at the most, so that it is not the client that is measured. */
import { createServer } from 'node:http';
import { ready, request } from './serve.mjs';

const answer = JSON.stringify({ active: true });
const server = createServer((_incoming, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length });
  response.end(answer);
});
server.listen(0, '127.0.0.1', () => ready(server.address().port, [request('GET', '/', {})], '"active":true'));
