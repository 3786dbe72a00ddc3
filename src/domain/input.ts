import { z } from 'zod';
import { type IdKind, idKind } from './id.js';
import { badInput, notFound } from './refusal.js';

const CONTROL = /\p{Cc}/u;

/** A text of 1 to `most` code points after trimming; control characters and lone surrogates are refused. */
export const text = (most: number) =>
  z
    .string('must be a text')
    .refine((value) => value.isWellFormed(), 'holds half of a surrogate pair: send well-formed Unicode')
    .transform((value) => value.trim())
    .refine((value) => !CONTROL.test(value), 'holds control characters: remove them')
    .refine((value) => value.length > 0, 'is empty: write at least one character')
    .refine((value) => [...value].length <= most, `is longer than ${most} characters: shorten it`);

/** The name of a thing: 1 to 100 code points. */
export const nameText = text(100);

/** A description or a reason: up to 500 code points. Left out or null: none. */
export const descriptionText = text(500).nullish();

const ADDRESS = /^[^\s@]+@[^\s@]+$/;

/** An e-mail address of at most 254 code points. Who reads mail there is not asked. */
export const emailText = text(254).refine((value) => ADDRESS.test(value), 'is no e-mail address: write it as name@host');

/** A password that somebody chooses: 12 characters to 72 bytes, what bcrypt takes in. Never trimmed. */
export const passwordText = z
  .string('must be a text')
  .refine((value) => value.isWellFormed() && !CONTROL.test(value), 'holds control characters or half of a surrogate pair: remove them')
  .refine((value) => [...value].length >= 12, 'is shorter than 12 characters: use a longer one')
  .refine((value) => Buffer.byteLength(value, 'utf8') <= 72, 'is longer than 72 bytes: use a shorter one');

/** An id of one of these kinds. An id of another kind is as absent as one that was never given. */
export const idOf = (...kinds: IdKind[]) =>
  z
    .string('must be an id')
    .refine((value) => idKind(value) !== null, 'is no id: copy one from an earlier answer')
    .refine((value) => idKind(value) === null || kinds.includes(idKind(value) as IdKind), { params: { absent: true } });

/** An id of any kind, by which a list is narrowed: one of nothing, or of another kind, finds nothing. */
export const anyId = z.string('must be an id').refine((value) => idKind(value) !== null, 'is no id: copy one from an earlier answer');

/** In an update: left out is kept, null is refused because the field cannot be empty. */
export const kept = <T extends z.ZodType>(schema: T) => schema.optional();

/**
 * Parses what a client sent into a type of ours, at the edge. The first thing that is wrong is refused,
 * with the field as a path (`input.name`) and what to do about it.
 */
export function parseInput<T extends z.ZodType>(schema: T, value: unknown, path = 'input'): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = [path, ...(issue?.path ?? [])].filter((part) => part !== '').join('.');
  if (issue?.code === 'custom' && issue.params?.['absent'] === true) throw notFound(field);
  throw badInput(field, `${field} ${issue?.message ?? 'is not right'}.`);
}

const keyOf = (value: string, most: number): string => [...value.normalize('NFKC').toLowerCase()].slice(0, most).join('');

/** How names are compared and searched: compatibility-composed, lower case, bounded for an index. */
export const searchKey = (value: string): string => keyOf(value, 200);

/** The same of an e-mail address, as long as one may be. */
export const addressKey = (value: string): string => keyOf(value, 254);
