/** What every peer tells once it listens: where, and which requests it is to be measured with. */
export function ready(port, requests, expected) {
  process.send({ ready: { port, requests, expected } });
}

/** An HTTP request as bytes of the wire. */
export function request(method, path, headers, body = '') {
  const lines = Object.entries({ host: '127.0.0.1', ...headers }).map(([name, value]) => `${name}: ${value}`);
  if (body !== '') lines.push(`content-length: ${Buffer.byteLength(body)}`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
}

export const json = { 'content-type': 'application/json' };

/** A GraphQL request as clients send it. */
export const graphqlRequest = (query, variables, headers = {}) =>
  request('POST', '/graphql', { ...json, ...headers }, JSON.stringify({ query, variables }));
