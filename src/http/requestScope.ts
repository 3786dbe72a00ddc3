import { AsyncLocalStorage } from 'node:async_hooks';

/** The id of the request that is being answered, for the error mapper: it runs where no context is handed on. */
const scope = new AsyncLocalStorage<string>();

/** Runs what follows as part of a request. */
export const enterRequest = (requestId: string, next: () => void): void => {
  scope.run(requestId, next);
};

/** The id of the current request. */
export const currentRequestId = (): string => scope.getStore() ?? 'none';
