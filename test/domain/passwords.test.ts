import { getRounds } from 'bcrypt';
import { parseInput, passwordText, type Refusal } from '../../src/domain/index.js';
import { Passwords } from '../../src/people/passwords.js';

const passwords = new Passwords(4);

describe('passwords', () => {
  it('match their own digest and no other', async () => {
    const digest = await passwords.digest('correct horse battery');
    expect(getRounds(digest)).toBe(4);
    expect(await passwords.matches('correct horse battery', digest)).toBe(true);
    expect(await passwords.matches('Correct horse battery', digest)).toBe(false);
    expect(await passwords.matches('correct horse battery', null)).toBe(false);
  });

  it('differ where only the tail behind 72 bytes differs (R30)', async () => {
    const longest = 'p'.repeat(72);
    const digest = await passwords.digest(longest);
    expect(await passwords.matches(longest, digest)).toBe(true);
    expect(await passwords.matches(`${longest}x`, digest)).toBe(false);
    await expect(passwords.digest(`${longest}x`)).rejects.toThrow('was not checked');
  });

  it('wait in a queue that is bounded, and are checked again once it is short', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 60 }, () => passwords.matches('any password', null)));
    const refusals = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason as Refusal);
    expect(refusals).toHaveLength(8);
    for (const { reason } of refusals) expect(reason).toMatchObject({ code: 'UNAVAILABLE', retryAfterSeconds: 5 });
    expect(await passwords.matches('any password', null)).toBe(false);
  });

  it('are made up so that they can be read out, are good ones, and never repeat', () => {
    const made = Array.from({ length: 1_000 }, () => passwords.temporaryPassword());
    expect(new Set(made).size).toBe(1_000);
    for (const password of made) {
      expect(password).toMatch(/^[a-hjkmnp-z2-9]{5}(-[a-hjkmnp-z2-9]{5}){3}$/);
      expect(parseInput(passwordText, password, '')).toBe(password);
    }
  });
});
