import type { ApolloServerPlugin } from '@apollo/server';
import type { GraphQLFormattedError } from 'graphql';
import type { GraphContext } from '../graphql/GraphContext.js';

/** After how many seconds a request that was answered with these errors may be sent again; null where none of them passes by itself. */
export function retryAfter(errors: readonly GraphQLFormattedError[]): number | null {
  const seconds = errors
    .filter(({ extensions }) => extensions?.['code'] === 'UNAVAILABLE')
    .map(({ extensions }) => Number(extensions?.['retryAfterSeconds'] ?? 1));
  return seconds.length === 0 ? null : Math.max(...seconds);
}

/** Whether an operation answered nothing at all: no data, or none of its root fields. */
const answersNothing = (data: Readonly<Record<string, unknown>> | null | undefined): boolean =>
  !data || Object.values(data).every((value) => value === null);

/**
 * A request that could not be answered because something is away is 503 with `Retry-After`, as whoever stands in front of us
 * understands it, also where that was found out while it was executed. Where some of it was answered it stays 200.
 */
export const unavailablePlugin: ApolloServerPlugin<GraphContext> = {
  requestDidStart: () =>
    Promise.resolve({
      willSendResponse({ response }) {
        const { body, http } = response;
        const seconds = body.kind === 'single' && body.singleResult.errors ? retryAfter(body.singleResult.errors) : null;
        if (seconds === null || body.kind !== 'single') return Promise.resolve();
        http.headers.set('retry-after', String(seconds));
        if (answersNothing(body.singleResult.data)) http.status = 503;
        return Promise.resolve();
      },
    }),
};
