import type { VerificationLogRow } from './VerificationLogRow.js';

/** One line of a key's log. Ids sort by the time of the use. */
export type VerificationLog = Readonly<VerificationLogRow>;
