import { outside } from './spans.js';

/** A statement as a span, by the semantic conventions: its text, in which values are only marked, and never a value. */
export const aroundStatements =
  (system: 'mysql' | 'sqlite') =>
  <T>(sql: string, send: () => Promise<T>): Promise<T> => {
    const operation = /^\s*\w+/.exec(sql)?.[0].trim().toUpperCase() ?? 'SQL';
    return outside(operation, { 'db.system.name': system, 'db.operation.name': operation, 'db.query.text': sql }, send);
  };
