import { parse } from 'fast-querystring';
import * as fc from 'fast-check';
import { readParameters } from '../../src/http/doors/forms.js';

/** As they stand in a form: plain, escaped, empty, of names that objects have already. */
const word = fc.oneof(
  fc.constantFrom('', 'token', 'a', 'client_ip', '__proto__', 'constructor', 'a+b', '%41', '%', '[]'),
  fc.stringMatching(/^[\w.~%+-]{0,8}$/),
);

test('a form is read the same by either way, whatever stands in it', () => {
  const form = fc.array(
    fc.tuple(word, fc.constantFrom('=', '', '=='), word).map((parts) => parts.join('')),
    { maxLength: 3 },
  );
  fc.assert(
    fc.property(form, (parts) => {
      const text = parts.join('&');
      const [read, expected] = [readParameters(text), parse(text)];
      expect(Object.entries(read)).toEqual(Object.entries(expected));
      expect('toString' in read).toBe(false);
    }),
    { numRuns: 2_000 },
  );
});
