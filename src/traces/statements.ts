import { trace } from '@opentelemetry/api';
import { outside } from './spans.js';

/** A statement as a span, by the semantic conventions: its text, in which values are only marked, and never a value. */
export const aroundStatements =
  (system: 'mysql' | 'sqlite') =>
  <T>(sql: string, send: () => Promise<T>): Promise<T> => {
    // What is sent by the clock, as each renewal of a lease, is a part of nothing that somebody could look for.
    if (!trace.getActiveSpan()) return send();
    const operation = /^(?:\s|\/\*.*?\*\/)*(\w+)/.exec(sql)?.[1]?.toUpperCase() ?? 'SQL';
    return outside(operation, { 'db.system.name': system, 'db.operation.name': operation, 'db.query.text': sql }, send);
  };
