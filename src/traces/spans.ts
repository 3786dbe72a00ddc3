import { type Attributes, type Context, isSpanContextValid, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';

/** Runs work as a part of whatever is traced at that moment. */
export type Around = <T>(name: string, attributes: Attributes, work: () => Promise<T>) => Promise<T>;

const NAME = 'bailiwick';

let traced: boolean | undefined;

/**
 * Whether an SDK of OpenTelemetry was loaded before us (`node --require`). Without one nothing of what traces is put in place: the
 * API alone would cost each request a little for nothing. Asked with the first span: only an SDK gives it an id.
 */
export function isTraced(): boolean {
  if (traced === undefined) {
    const first = beginSpan('start', SpanKind.INTERNAL, {});
    traced = isSpanContextValid(first.spanContext());
    first.end();
  }
  return traced;
}

/** Begins a span, a part of what the context says. */
export const beginSpan = (name: string, kind: SpanKind, attributes: Attributes, within?: Context): Span =>
  trace.getTracer(NAME).startSpan(name, { kind, attributes }, within);

/** The work as a span of its own. What it threw is told by its class alone: messages may hold what was asked. */
const inSpan = <T>(name: string, kind: SpanKind, attributes: Attributes, work: () => Promise<T>): Promise<T> =>
  trace.getTracer(NAME).startActiveSpan(name, { kind, attributes }, async (span) => {
    try {
      return await work();
    } catch (error) {
      span.setAttribute('error.type', error instanceof Error ? error.name : 'unknown');
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });

/** What the service does itself. */
export const inside: Around = (name, attributes, work) => inSpan(name, SpanKind.INTERNAL, attributes, work);

/** What it asks of somebody else, and waits for. */
export const outside: Around = (name, attributes, work) => inSpan(name, SpanKind.CLIENT, attributes, work);
