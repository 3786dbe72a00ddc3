import { z } from 'zod';
import { newId } from '../domain/index.js';

/** Somebody signed in. */
export interface Session {
  readonly id: string;
  readonly userId: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly endedAt: Date | null;
}

const LIFETIME_MS = 30 * 24 * 60 * 60 * 1_000;

/** A new session, not yet stored. It ends after 30 days, however often it is refreshed. */
export const newSession = (userId: string, now: Date): Session => ({
  id: newId('ses'),
  userId,
  createdAt: now,
  expiresAt: new Date(now.getTime() + LIFETIME_MS),
  endedAt: null,
});

const LONGEST_PRESENTED = 1_024;

/** A password or token that somebody presents. Only its length is checked: what else is wrong with it is told to nobody. */
export const presentedText = z
  .string('must be a text')
  .refine(
    (value) => value.length <= LONGEST_PRESENTED,
    `is longer than ${LONGEST_PRESENTED} characters: nothing that is good here is that long`,
  );
