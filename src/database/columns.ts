import type { EntitySchemaColumnOptions } from 'typeorm';

/**
 * Columns in words that SQLite and MySQL share. Migrations make the tables; these only say how values travel.
 * TypeORM's own dates, versions and generated ids are not used: the clock and the ids are ours.
 */
export const id = (name: string): EntitySchemaColumnOptions => ({ name, type: 'varchar' });
export const primaryId = (name: string): EntitySchemaColumnOptions => ({ name, type: 'varchar', primary: true });
export const text = (name: string): EntitySchemaColumnOptions => ({ name, type: 'varchar' });
export const optional = (column: EntitySchemaColumnOptions): EntitySchemaColumnOptions => ({ ...column, nullable: true });
/** A UTC instant with milliseconds, as a Date. */
export const instant = (name: string): EntitySchemaColumnOptions => ({ name, type: 'datetime', precision: 3 });
export const flag = (name: string): EntitySchemaColumnOptions => ({ name, type: 'boolean' });
export const integer = (name: string): EntitySchemaColumnOptions => ({ name, type: 'int' });
/** A value kept as JSON text. */
export const json = (name: string): EntitySchemaColumnOptions => ({ name, type: 'simple-json' });
/** Bytes of a fixed length; the length is checked by whoever writes them, because MySQL pads silently. */
export const bytes = (name: string): EntitySchemaColumnOptions => ({ name, type: 'blob' });
