import build from '../start/build.js';
import { StartFolder } from '../start/serviceProcess.js';
import { Raw } from '../support/raw.js';

let folder: StartFolder;

beforeAll(async () => {
  await build();
  folder = await StartFolder.make();
});
afterAll(() => folder.remove());

it('who sends slowly is hung up on, at the headers and at the body', async () => {
  const base = await folder.start().ready();
  const began = performance.now();
  const [headers, whole] = await Promise.all([Raw.to(base), Raw.to(base)]);
  const drip = setInterval(() => {
    headers.socket.write('x: y\r\n');
    whole.socket.write(' ');
  }, 200);
  headers.socket.write('POST /graphql HTTP/1.1\r\nhost: x\r\n');
  whole.socket.write(`POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n`);
  await headers.closed;
  expect(performance.now() - began).toBeLessThan(20_000);
  expect(headers.told).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
  await whole.closed;
  clearInterval(drip);
  expect(performance.now() - began).toBeLessThan(45_000);
  expect(whole.told).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
});
