import { isAway, isInDoubt, withoutValues } from '../../src/database/index.js';

describe('a failure as the log tells it', () => {
  it('has none of the values of its statement, nor the value that a unique index has already (R25)', () => {
    const value = "it's a digest' for key";
    const message = `Duplicate entry '${value}' for key 'imported_credentials.imported_credentials_digest'`;
    const error = Object.assign(new Error(message), { code: 'ER_DUP_ENTRY', parameters: [value], sql: `INSERT ... '${value}'` });
    const told = withoutValues(error) as Error;
    expect(told.message).toBe("Duplicate entry '...' for key 'imported_credentials.imported_credentials_digest'");
    expect(told.stack).toContain('failures.test');
    expect(`${told.stack} ${JSON.stringify(told)}`).not.toContain("digest' for");
    expect(told).toMatchObject({ code: 'ER_DUP_ENTRY' });
  });
});

describe('a database that cannot do it now', () => {
  const failure = (more: object, message = 'no'): Error =>
    Object.assign(new Error('wrapped'), { driverError: Object.assign(new Error(message), more) });

  it.each([
    'ECONNREFUSED',
    'PROTOCOL_SEQUENCE_TIMEOUT',
    'ER_CON_COUNT_ERROR',
    'ER_SERVER_SHUTDOWN',
    'ER_OPTION_PREVENTS_STATEMENT',
    'ER_QUERY_TIMEOUT',
    'ER_LOCK_WAIT_TIMEOUT',
    'SQLITE_FULL',
    'SQLITE_IOERR_WRITE',
  ])('is told by %s', (code) => {
    expect(isAway(failure({ code }))).toBe(true);
  });

  it('is told by MariaDB’s own numbers, and in words where there is no code', () => {
    expect(isAway(failure({ errno: 1969 }))).toBe(true);
    expect(isAway(failure({}, "Can't add new command when connection is in closed state"))).toBe(true);
  });

  it('is none that was asked for something wrong', () => {
    for (const code of ['ER_DUP_ENTRY', 'ER_PARSE_ERROR', 'SQLITE_CONSTRAINT_UNIQUE'])
      expect(isAway(failure({ code, errno: 1062 }))).toBe(false);
    for (const thrown of [null, 'ECONNREFUSED', new Error('no')]) expect(isAway(thrown)).toBe(false);
  });

  it('leaves a COMMIT in doubt, and nothing else; who lost a race knows that it was undone', () => {
    const lost = { code: 'PROTOCOL_CONNECTION_LOST' };
    expect(isInDoubt(Object.assign(failure(lost), { query: 'COMMIT' }))).toBe(true);
    expect(isInDoubt(Object.assign(failure(lost), { query: 'UPDATE a; COMMIT' }))).toBe(true);
    // It was never sent.
    const unsent = failure({}, "Can't add new command when connection is in closed state");
    expect(isInDoubt(Object.assign(unsent, { query: 'UPDATE a; COMMIT' }))).toBe(false);
    expect(isInDoubt(Object.assign(failure(lost), { query: 'UPDATE tenants SET x = 1' }))).toBe(false);
    expect(isInDoubt(Object.assign(failure({ code: 'ER_LOCK_DEADLOCK' }), { query: 'COMMIT' }))).toBe(false);
  });
});
