import { type EntitySchemaColumnOptions, FindOperator, type ValueTransformer } from 'typeorm';

/** Whether this is text or nothing, or an operator of a condition that compares with text. */
const isText = (value: unknown): boolean =>
  typeof value === 'string' ||
  value === null ||
  value === undefined ||
  (value instanceof FindOperator && [value.value as unknown].flat().every(isText));

/**
 * Lets nothing but text through to a column of text. MySQL would compare it with a number as numbers, and find for 0
 * whatever does not begin with a digit (R39).
 */
const textOnly: ValueTransformer = {
  to(value: unknown): unknown {
    if (isText(value)) return value;
    throw new TypeError(`a value of type ${typeof value} was bound to a column of text: it is no text`);
  },
  from: (value: unknown): unknown => value,
};

/**
 * Columns in words that SQLite and MySQL share. Migrations make the tables; these only say how values travel.
 * TypeORM's own dates, versions and generated ids are not used: the clock and the ids are ours.
 */
export const id = (name: string): EntitySchemaColumnOptions => ({ name, type: 'varchar', transformer: textOnly });
export const primaryId = (name: string): EntitySchemaColumnOptions => ({ ...id(name), primary: true });
export const text = id;
export const optional = (column: EntitySchemaColumnOptions): EntitySchemaColumnOptions => ({ ...column, nullable: true });
/** A UTC instant with milliseconds, as a Date. */
export const instant = (name: string): EntitySchemaColumnOptions => ({ name, type: 'datetime', precision: 3 });
export const flag = (name: string): EntitySchemaColumnOptions => ({ name, type: 'boolean' });
export const integer = (name: string): EntitySchemaColumnOptions => ({ name, type: 'int' });
export const real = (name: string): EntitySchemaColumnOptions => ({ name, type: 'double' });
/** A value kept as JSON text. */
export const json = (name: string): EntitySchemaColumnOptions => ({ name, type: 'simple-json' });
/** Bytes of a fixed length; the length is checked by whoever writes them, because MySQL pads silently. */
export const bytes = (name: string): EntitySchemaColumnOptions => ({ name, type: 'blob' });
