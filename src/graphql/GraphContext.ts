import type { Act, Principal } from '../access/index.js';
import type { Passwords } from '../people/passwords.js';
import type { Sessions } from '../sessions/index.js';
import type { Loaders } from './Loaders.js';

/** What a resolver is given beside its arguments; all of it belongs to one request. */
export interface GraphContext {
  readonly requestId: string;
  /** Null for whoever sent no credential. */
  readonly principal: Principal | null;
  /** The request of an authenticated caller. Fields that are open to anyone must not touch it. */
  readonly act: Act;
  readonly loaders: Loaders;
  /** Ids that this request's own acts made or changed: shown in their payloads even where a later read would not show them. */
  readonly revealed: Set<string>;
  /** Sign-in, refresh and sign-out. */
  readonly sessions: Sessions;
  readonly passwords: Passwords;
}
