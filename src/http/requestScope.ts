import { AsyncLocalStorage } from 'node:async_hooks';
import type { Door } from '../metrics/index.js';

/** The request that is being answered. */
export interface RequestScope {
  readonly id: string;
  /** The door of verification that it came through, for the figures; null for all that verifies nothing. */
  door: Door | null;
}

/** For the error mapper and the figures: they run where no context is handed on. */
const scope = new AsyncLocalStorage<RequestScope>();

/** Runs what follows as part of a request. */
export const enterRequest = (request: RequestScope, next: () => void): void => {
  scope.run(request, next);
};

/** The id of the current request. */
export const currentRequestId = (): string => scope.getStore()?.id ?? 'none';

/**
 * Says through which door of verification the current request came: its time is counted there. Whoever verifies a key for others
 * has shown one as well, which says no more than that it came with a key.
 */
export function throughDoor(door: Door): void {
  const current = scope.getStore();
  if (current && (door !== 'api' || current.door === null)) current.door = door;
}
