import { type Environment, environments, type NamespaceKind, type RateLimit, type ResourceRestriction } from '../authority/index.js';
import type { Cell, PromptLane } from '../database/index.js';

/** How a person behind a key stands; `removed` also where there is no such person in the tenant. */
export interface StandingRow {
  readonly id: string;
  readonly active: boolean;
  readonly removed: boolean;
}

/** A role that one of the people behind a key is granted in its home, directly or through a group. */
export interface HoldingRow {
  readonly userId: string;
  readonly roleId: string;
  /** The list of a custom role, as JSON; null of one that is built in, and of one that is gone. */
  readonly permissions: string | null;
}

/** The people behind a key, as far as there are any: how each stands, and what they are granted in its home. */
export interface PeopleRows {
  readonly standings: readonly StandingRow[];
  readonly holdings: readonly HoldingRow[];
}

/** All that decisions about one key need, as it was read at once. */
export interface ContextRow {
  readonly id: string;
  readonly organizationId: string;
  readonly environment: Environment;
  readonly userId: string;
  readonly issuedBy: string;
  readonly parentId: string | null;
  readonly name: string;
  /** As JSON. */
  readonly permissions: string;
  readonly digest: Buffer;
  readonly expiresAt: number | null;
  readonly revoked: boolean;
  readonly restrictions: ResourceRestriction[] | null;
  readonly allowedCidrs: string[] | null;
  readonly rateLimit: RateLimit | null;
  readonly metadata: object | null;
  readonly generation: number;
  readonly previousDigest: Buffer | null;
  readonly previousUntil: number | null;
  readonly previousIssuedBy: string | null;
  readonly home: { readonly id: string; readonly kind: NamespaceKind; readonly applicationId: string | null; readonly deleted: boolean };
  readonly parent: { readonly stopped: boolean; readonly expiresAt: number | null } | null;
  /** Null where they were not read with it. */
  readonly people: PeopleRows | null;
}

/** The living ones of the keys that were asked for, by id, and what the database's clock said; null where it is this machine's. */
export interface ContextReading {
  readonly rows: ReadonlyMap<string, ContextRow>;
  readonly now: number | null;
}

/** The people behind a key: its user, its issuer, and the issuer of the secret before, whose grace may last. */
const PEOPLE = ['k.user_id', 'k.issued_by', 'k.previous_issued_by'] as const;

const standingColumns = PEOPLE.map(
  (_, n) => `, u${n}.id AS u${n}_id, u${n}.active AS u${n}_active, u${n}.removed_at AS u${n}_removed`,
).join('');
const standingJoins = PEOPLE.map(
  (id, n) => `\n  LEFT JOIN users u${n} ON u${n}.id = ${id} AND u${n}.organization_id = k.organization_id`,
).join('');

const oneOf = (ids: number): string => `IN (${Array.from({ length: ids }, () => '?').join(', ')})`;

const keysStatement = (ids: number, now: string, withPeople: boolean): string => `
SELECT k.id, k.organization_id, k.environment, k.user_id, k.issued_by, k.created_by_api_key_id AS parent_id, k.name, k.permissions,
  k.secret_digest, k.expires_at, k.revoked_at, k.restrictions, k.allowed_cidrs, k.rate_limit, k.metadata, k.generation,
  k.previous_secret_digest, k.previous_secret_expires_at, k.previous_issued_by,
  h.id AS home_id, h.kind AS home_kind, h.application_id AS home_application_id, h.deleted_at AS home_deleted_at,
  p.id AS parent_found, p.expires_at AS parent_expires_at, p.revoked_at AS parent_revoked_at, p.deleted_at AS parent_deleted_at,
  ${now} AS now${withPeople ? standingColumns : ''}
FROM api_keys k
  JOIN namespaces h ON h.id = k.namespace_id AND h.organization_id = k.organization_id
  LEFT JOIN api_keys p ON p.id = k.created_by_api_key_id${withPeople ? standingJoins : ''}
WHERE k.id ${oneOf(ids)} AND k.deleted_at IS NULL`;

// Apart from the keys: joined to them, each key would come once for each pair of a grant of its people and one of their groups.
const holdingsStatement = (ids: number): string => `
SELECT k.id, g.subject_id AS user_id, g.role_id, r.permissions
FROM api_keys k
  JOIN grants g ON g.subject_id IN (${PEOPLE.join(', ')}) AND g.namespace_id = k.namespace_id
  LEFT JOIN roles r ON r.id = g.role_id AND r.organization_id = k.organization_id AND r.deleted_at IS NULL
WHERE k.id ${oneOf(ids)}
UNION ALL
SELECT k.id, m.user_id, g.role_id, r.permissions
FROM api_keys k
  JOIN group_members m ON m.user_id IN (${PEOPLE.join(', ')})
  JOIN grants g ON g.subject_id = m.user_group_id AND g.namespace_id = k.namespace_id
  LEFT JOIN roles r ON r.id = g.role_id AND r.organization_id = k.organization_id AND r.deleted_at IS NULL
WHERE k.id ${oneOf(ids)}`;

type Row = Readonly<Record<string, Cell>>;

/** Reads keys as verification needs them: in one round trip, and without an object mapper. */
export class ContextStore {
  private readonly now: string;

  constructor(
    private readonly lane: PromptLane,
    kind: 'sqlite' | 'mysql',
  ) {
    this.now = kind === 'sqlite' ? 'NULL' : 'UNIX_TIMESTAMP(NOW(6)) * 1000';
  }

  /** Keys alone, for those who remember the people behind them. */
  async keys(ids: readonly string[]): Promise<ContextReading> {
    const asked = padded(ids);
    return readingOf(await this.lane.read(keysStatement(asked.length, this.now, false), asked), null);
  }

  /** Keys and the people behind them: two statements at once. */
  async keysAndPeople(ids: readonly string[]): Promise<ContextReading> {
    const asked = padded(ids);
    const [keys, held] = await Promise.all([
      this.lane.read(keysStatement(asked.length, this.now, true), asked),
      this.lane.read(holdingsStatement(asked.length), [...asked, ...asked]),
    ]);
    return readingOf(keys, held);
  }

  /** What the tenant has registered itself: OWNER and ADMIN hold it as well. */
  async registered(organizationId: string): Promise<readonly string[]> {
    const found = await this.lane.read('SELECT name FROM permission_definitions WHERE organization_id = ?', [organizationId]);
    return found.map(({ name }) => text(name));
  }
}

/** As many as a power of two, so that there are few statements to prepare: the last is asked for again. */
function padded(ids: readonly string[]): readonly string[] {
  const [last] = ids.slice(-1);
  const length = 2 ** Math.ceil(Math.log2(Math.max(1, ids.length)));
  return last === undefined ? ids : [...ids, ...Array.from({ length: length - ids.length }, () => last)];
}

function readingOf(keys: readonly Row[], held: readonly Row[] | null): ContextReading {
  const byKey = held && Map.groupBy(held, ({ id }) => text(id));
  const now = keys[0]?.['now'] ?? null;
  const rows = keys.map((row) =>
    contextRow(row, byKey && { standings: standings(row), holdings: holdings(byKey.get(text(row['id'])) ?? []) }),
  );
  return { rows: new Map(rows.map((row) => [row.id, row])), now: now === null ? null : Number(now) };
}

function contextRow(row: Row, people: PeopleRows | null): ContextRow {
  return {
    id: text(row['id']),
    organizationId: text(row['organization_id']),
    environment: environmentOf(row['environment']),
    userId: text(row['user_id']),
    issuedBy: text(row['issued_by']),
    parentId: textOrNull(row['parent_id']),
    name: text(row['name']),
    permissions: text(row['permissions']),
    digest: bytes(row['secret_digest']),
    expiresAt: instant(row['expires_at']),
    revoked: row['revoked_at'] !== null,
    restrictions: json(row['restrictions']) as ResourceRestriction[] | null,
    allowedCidrs: json(row['allowed_cidrs']) as string[] | null,
    rateLimit: json(row['rate_limit']) as RateLimit | null,
    metadata: json(row['metadata']) as object | null,
    generation: Number(row['generation']),
    previousDigest: row['previous_secret_digest'] === null ? null : bytes(row['previous_secret_digest']),
    previousUntil: instant(row['previous_secret_expires_at']),
    previousIssuedBy: textOrNull(row['previous_issued_by']),
    home: {
      id: text(row['home_id']),
      kind: text(row['home_kind']) as NamespaceKind,
      applicationId: textOrNull(row['home_application_id']),
      deleted: row['home_deleted_at'] !== null,
    },
    parent: parentOf(row),
    people,
  };
}

/** A parent that is not there any more cannot work, and so neither can this key. */
function parentOf(row: Row): ContextRow['parent'] {
  if (row['parent_id'] === null) return null;
  const stopped = row['parent_found'] === null || row['parent_revoked_at'] !== null || row['parent_deleted_at'] !== null;
  return { stopped, expiresAt: instant(row['parent_expires_at']) };
}

const standings = (row: Row): readonly StandingRow[] =>
  PEOPLE.flatMap((_, n) => {
    const id = row[`u${n}_id`];
    return typeof id === 'string' ? [{ id, active: Number(row[`u${n}_active`]) === 1, removed: row[`u${n}_removed`] !== null }] : [];
  });

function holdings(held: readonly Row[]): readonly HoldingRow[] {
  const found = new Map<string, HoldingRow>();
  for (const row of held) {
    const [userId, roleId] = [text(row['user_id']), text(row['role_id'])];
    found.set(`${userId} ${roleId}`, { userId, roleId, permissions: textOrNull(row['permissions']) });
  }
  return [...found.values()];
}

function text(cell: Cell | undefined): string {
  if (typeof cell !== 'string') throw new TypeError('a column of text holds something else');
  return cell;
}

/** The word itself, once for all keys, and not the text that came with each. */
function environmentOf(cell: Cell | undefined): Environment {
  const environment = environments.find((each) => each === cell);
  if (!environment) throw new TypeError('a key belongs to no environment');
  return environment;
}

const textOrNull = (cell: Cell | undefined): string | null => (cell === null || cell === undefined ? null : text(cell));

/** A copy: the driver hands over a view of all that it has received, which would be kept for as long as 32 bytes of it. */
const bytes = (cell: Cell | undefined): Buffer => Buffer.from(cell as Buffer);

function json(cell: Cell | undefined): unknown {
  const written = textOrNull(cell);
  return written === null ? null : JSON.parse(written);
}

/** Milliseconds since the epoch. SQLite keeps instants as text, in UTC. */
function instant(cell: Cell | undefined): number | null {
  if (cell === null || cell === undefined) return null;
  return cell instanceof Date ? cell.getTime() : new Date(`${text(cell).replace(' ', 'T')}Z`).getTime();
}
