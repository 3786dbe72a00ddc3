import { parseRedisUrl } from '../../src/rateLimits/index.js';

const plain = { host: 'redis', port: 6379, user: '', password: '', database: 0, tls: false };

test.each([
  ['redis://redis', plain],
  ['redis://redis/', plain],
  ['redis://redis:6380/2', { ...plain, port: 6380, database: 2 }],
  ['redis://:p%40ss@redis', { ...plain, password: 'p@ss' }],
  ['redis://app:p%3Aw@redis', { ...plain, user: 'app', password: 'p:w' }],
  ['rediss://redis', { ...plain, tls: true }],
  ['redis://[::1]:7000', { ...plain, host: '::1', port: 7000 }],
])('%s is read', (text, expected) => {
  expect(parseRedisUrl(text)).toEqual(expected);
});

test.each([
  '',
  'redis',
  'redis:',
  'redis://',
  'redis:///0',
  'http://redis',
  'redis://redis:0',
  'redis://redis:65536',
  'redis://redis/one',
  'redis://redis/0/1',
  'redis://redis/1000',
  // A name without a password is nobody in Redis.
  'redis://app@redis',
  'redis://:p%zz@redis',
  // An option that would not be obeyed, and a password that is cut off at a character which must be encoded.
  'redis://redis?tls=true',
  'redis://redis?',
  'redis://:pa#ss@redis',
  'redis://:pa/ss@redis',
])('%s is refused', (text) => {
  expect(parseRedisUrl(text)).toBeNull();
});
