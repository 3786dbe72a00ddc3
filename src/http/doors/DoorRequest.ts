import type { IncomingMessage } from 'node:http';

/** A request at a door that verifies. */
export interface DoorRequest {
  readonly id: string;
  readonly raw: IncomingMessage;
}
