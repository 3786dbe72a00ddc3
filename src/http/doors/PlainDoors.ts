import type { Logger } from 'pino';
import type { Doors } from '../graphqlDoors.js';

/** What the plain HTTP doors need. */
export type PlainDoors = Doors & {
  /** The issuer of tokens: the address at which the service is reached. */
  readonly publicUrl: string;
  readonly log: Logger;
};
