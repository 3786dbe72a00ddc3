import type { DataSource, QueryRunner } from 'typeorm';

/** Sends one statement; its values stay where they are. */
export type AroundStatement = <T>(sql: string, send: () => Promise<T>) => Promise<T>;

/** Puts something around each statement of a source. */
export function aroundStatements(source: DataSource, around: AroundStatement): void {
  // SQLite hands out the same runner each time.
  const known = new WeakSet<QueryRunner>();
  const create = source.createQueryRunner.bind(source);
  source.createQueryRunner = (mode) => {
    const runner = create(mode);
    if (!known.has(runner)) {
      known.add(runner);
      const send = runner.query.bind(runner) as (...parameters: unknown[]) => Promise<unknown>;
      runner.query = ((...parameters: unknown[]) => around(String(parameters[0]), () => send(...parameters))) as typeof runner.query;
    }
    return runner;
  };
}
