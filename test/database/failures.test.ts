import { withoutValues } from '../../src/database/index.js';

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
