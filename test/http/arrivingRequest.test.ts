import { Socket } from 'node:net';
import { ArrivingRequest } from '../../src/http/ArrivingRequest.js';

const piece = (text: string): Buffer => Buffer.from(text);

describe('a request whose body is taken', () => {
  it('hands it on piece by piece in the same turn, and holds nobody who took it once all of it has come', () => {
    const request = new ArrivingRequest(new Socket());
    const taken: (string | null)[] = [];
    request.takeBody((each) => taken.push(each && each.toString()));
    request.push(piece('to'));
    request.push(piece('ken'));
    request.push(null);
    expect(taken).toEqual(['to', 'ken', null]);
    request.push(piece('more'));
    request.push(null);
    expect(taken).toHaveLength(3);
  });

  it('lets its connection go on being read, however much comes', () => {
    const request = new ArrivingRequest(new Socket());
    request.leaveBody();
    expect([...Array(100)].every(() => request.push(Buffer.alloc(64 * 1024)))).toBe(true);
    expect(request.readableLength).toBe(0);
  });
});

it('a request whose body nobody has taken is a stream as ever', async () => {
  const request = new ArrivingRequest(new Socket());
  request.push(piece('all'));
  request.push(null);
  const read: string[] = [];
  for await (const each of request) read.push(String(each));
  expect(read).toEqual(['all']);
});
