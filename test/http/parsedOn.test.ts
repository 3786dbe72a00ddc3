import { parsedOn } from '../../src/http/parsedOn.js';
import { makeCredential } from '../../src/keys/credential.js';
import { newId } from '../../src/domain/index.js';

const made = () => {
  const keyId = newId('key');
  return { keyId, ...makeCredential(keyId, 'PRODUCTION') };
};

test('what a connection presents is read as it is, whatever it and others have presented before', () => {
  const [here, there] = [{}, {}];
  const [first, second] = [made(), made()];
  for (const connection of [here, there, here]) {
    for (const { credential, digest, keyId } of [first, first, second, first]) {
      expect(parsedOn(connection, credential)).toEqual({ keyId, environment: 'PRODUCTION', digest });
    }
  }
});

test('one that differs in a letter, or is malformed, is none that was presented before', () => {
  const connection = {};
  const { credential } = made();
  const read = parsedOn(connection, credential);
  expect(read).not.toBeNull();
  expect(parsedOn(connection, credential)).toBe(read);
  const last = credential.at(-1) === 'a' ? 'b' : 'a';
  expect(parsedOn(connection, credential.slice(0, -1) + last)).toBeNull();
  expect(parsedOn(connection, '')).toBeNull();
  expect(parsedOn(connection, '')).toBeNull();
  expect(parsedOn(connection, credential)).not.toBeNull();
});
