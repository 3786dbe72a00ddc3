import { jobOver } from '../../support/jobs.js';
import { sql } from '../../support/rows.js';
import type { Service } from '../../support/service.js';
import type { TestTenant } from '../../support/tenant.js';

type Data = Readonly<Record<string, unknown>>;

/** What was said at a place of the input of the mutation that started a job. */
export interface Said {
  readonly root: string;
  readonly path: readonly string[];
  readonly value: string;
}

/** Where what is said of an imported key is kept, if not under its own name in its own row. */
const elsewhere: Readonly<Record<string, readonly [table: string, column: string]>> = {
  digest: ['imported_credentials', 'digest'],
  lookupPrefix: ['imported_credentials', 'lookup_prefix'],
};

/** What is wrong with a job that was started with an id of nothing that its tenant has: it must not do anything. Null if nothing is. */
export async function faultOfJobForNothing({ owner }: TestTenant, id: string): Promise<string | null> {
  const { status, done } = await jobOver(owner.client, id);
  return done === 0 && status === 'SUCCEEDED' ? null : `the job ${status}, ${done} done`;
}

/** What is wrong with how a job kept a text that it was started with, byte by byte (R46); null if nothing is. */
export async function faultOfKeptText(service: Service, { owner }: TestTenant, id: string, said: Said): Promise<string | null> {
  const { status, failures } = await jobOver(owner.client, id);
  if (status !== 'SUCCEEDED' || failures.nodes.length > 0) return `the job ${status}: ${failures.nodes[0]?.message ?? 'without a failure'}`;
  const kept = said.root === 'importApiKeys' ? await ofKeys(service, said) : await ofParameters(service, id, said.path);
  return kept.includes(said.value) ? null : `kept as ${JSON.stringify(kept)}`;
}

async function ofKeys(service: Service, { path, value }: Said): Promise<unknown[]> {
  const name = path.at(-1) ?? '';
  const [table, column] = elsewhere[name] ?? ['api_keys', name];
  const rows = await sql(service, `SELECT ${column} AS kept FROM ${table} WHERE ${column} = ?`, [
    name === 'digest' ? Buffer.from(value, 'hex') : value,
  ]);
  // Hex is read in either case.
  const isShouted = value === value.toUpperCase();
  const hex = (bytes: Buffer): string => (isShouted ? bytes.toString('hex').toUpperCase() : bytes.toString('hex'));
  return rows.map(({ kept }) => (Buffer.isBuffer(kept) ? hex(kept) : kept));
}

async function ofParameters(service: Service, id: string, [, ...path]: readonly string[]): Promise<unknown[]> {
  const [row] = await sql<{ parameters: unknown }>(service, 'SELECT parameters FROM jobs WHERE id = ?', [id]);
  // MariaDB and SQLite answer JSON as text.
  const parameters: unknown = typeof row?.parameters === 'string' ? JSON.parse(row.parameters) : row?.parameters;
  return [path.reduce<unknown>((within, name) => (within as Data | undefined)?.[name], parameters)];
}
