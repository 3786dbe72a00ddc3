import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import {
  type Attributes,
  type Context,
  context,
  type ContextManager,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  type SpanKind,
  type SpanStatus,
  SpanStatusCode,
  trace,
  TraceFlags,
} from '@opentelemetry/api';

/** A span as it was when it ended. */
export interface EndedSpan {
  readonly name: string;
  readonly kind: SpanKind | undefined;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
  readonly attributes: Attributes;
  readonly events: readonly { readonly name: string; readonly attributes: Attributes }[];
  readonly status: SpanStatus;
}

/** Keeps the active context through what is awaited, as an SDK does. */
class Contexts implements ContextManager {
  private readonly storage = new AsyncLocalStorage<Context>();

  active(): Context {
    return this.storage.getStore() ?? ROOT_CONTEXT;
  }
  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(active: Context, work: F, that?: ThisParameterType<F>, ...args: A) {
    return this.storage.run(active, () => work.apply(that, args));
  }
  bind<T>(_context: Context, target: T): T {
    return target;
  }
  enable(): this {
    return this;
  }
  disable(): this {
    return this;
  }
}

/** What an operator loads before the service: a small SDK of our own, that keeps spans in memory and reads W3C's `traceparent`. */
export function registerSdk(): { readonly ended: EndedSpan[]; readonly unended: () => number } {
  const ended: EndedSpan[] = [];
  let open = 0;
  const startSpan = (
    name: string,
    { kind, attributes = {} }: { kind?: SpanKind; attributes?: Attributes } = {},
    within = context.active(),
  ): Span => {
    const parent = trace.getSpanContext(within);
    const spanContext: SpanContext = {
      traceId: parent?.traceId ?? randomBytes(16).toString('hex'),
      spanId: randomBytes(8).toString('hex'),
      traceFlags: TraceFlags.SAMPLED,
    };
    const told = {
      attributes: { ...attributes },
      events: [] as EndedSpan['events'][number][],
      status: { code: SpanStatusCode.UNSET } as SpanStatus,
    };
    open += 1;
    const span: Span = {
      spanContext: () => spanContext,
      setAttribute: (key, value) => {
        told.attributes[key] = value;
        return span;
      },
      setAttributes: (more) => {
        Object.assign(told.attributes, more);
        return span;
      },
      addEvent: (event, more) => {
        told.events.push({ name: event, attributes: (more ?? {}) as Attributes });
        return span;
      },
      addLink: () => span,
      addLinks: () => span,
      setStatus: (status) => {
        told.status = status;
        return span;
      },
      updateName: () => span,
      isRecording: () => true,
      recordException: () => undefined,
      end: () => {
        open -= 1;
        ended.push({ name, kind, traceId: spanContext.traceId, spanId: spanContext.spanId, parentId: parent?.spanId, ...told });
      },
    };
    return span;
  };
  trace.setGlobalTracerProvider({
    getTracer: () => ({
      startSpan,
      startActiveSpan: (name: string, options: object, work: (span: Span) => unknown) => {
        const span = startSpan(name, options);
        return context.with(trace.setSpan(context.active(), span), () => work(span));
      },
    }),
  } as never);
  context.setGlobalContextManager(new Contexts());
  propagation.setGlobalPropagator({
    inject: () => undefined,
    fields: () => ['traceparent'],
    extract: (active, carrier) => {
      const [, traceId, spanId] =
        /^00-([\da-f]{32})-([\da-f]{16})-01$/.exec(String((carrier as Record<string, unknown>)['traceparent'])) ?? [];
      if (!traceId || !spanId) return active;
      return trace.setSpanContext(active, { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true });
    },
  });
  return { ended, unended: () => open };
}
