import { type ParsedCredential, parseCredential } from '../keys/index.js';

/** A credential as it was presented, and as it was read; null where it was malformed. */
interface Read {
  readonly text: string;
  readonly credential: ParsedCredential | null;
}

/**
 * What was presented last on each connection: a service keeps its connections and shows the same key with each request. It is held until
 * the connection ends or presents another, and by nothing else.
 */
const lastOn = new WeakMap<object, Read>();

/** Reads a credential that was presented on that connection; null where it is malformed. */
export function parsedOn(connection: object, text: string): ParsedCredential | null {
  const last = lastOn.get(connection);
  if (last?.text === text) return last.credential;
  const credential = parseCredential(text);
  lastOn.set(connection, { text, credential });
  return credential;
}
