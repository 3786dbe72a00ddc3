import type { IncomingMessage } from 'node:http';
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { beginSpan, isTraced } from './spans.js';

/** A request while it is traced. */
export interface TracedRequest {
  /** Runs what follows as a part of it. */
  readonly run: (next: () => void) => void;
  readonly end: (status: number) => void;
}

/** Begins the span of a request, a part of the trace that its headers name (W3C Trace Context, or what the SDK reads). */
export function traceRequest({ headers, method = '', url = '' }: IncomingMessage, route: string | null): TracedRequest {
  const attributes = {
    'http.request.method': method,
    // Without the query, in which a document may stand.
    'url.path': url.split('?', 1)[0] ?? '',
    'url.scheme': 'http',
    ...(route !== null && { 'http.route': route }),
  };
  const caller = propagation.extract(context.active(), headers);
  const span = beginSpan(route === null ? method : `${method} ${route}`, SpanKind.SERVER, attributes, caller);
  return {
    run: (next) => context.with(trace.setSpan(caller, span), next),
    end: (status) => {
      span.setAttribute('http.response.status_code', status);
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}

/** Tells on the span that runs what a verification answered. */
export function traceVerification(door: string, code: string): void {
  if (isTraced()) trace.getActiveSpan()?.addEvent('bailiwick.verification', { 'bailiwick.door': door, 'bailiwick.code': code });
}
