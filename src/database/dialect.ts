/** Where rows are kept: the embedded file, or a MySQL or MariaDB server. */
export type DatabaseUrl =
  | { readonly kind: 'sqlite'; readonly file: string }
  | {
      readonly kind: 'mysql';
      readonly host: string;
      readonly port: number;
      readonly user: string;
      readonly password: string;
      readonly database: string;
    };

/** Reads `sqlite:<file>` or `mysql://user:password@host:port/database`; null where the text is neither. */
export function parseDatabaseUrl(text: string): DatabaseUrl | null {
  if (text.startsWith('sqlite:')) {
    const file = text.slice('sqlite:'.length);
    return file === '' || file.includes('\0') || file === ':memory:' ? null : { kind: 'sqlite', file };
  }
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const database = url.pathname.slice(1);
  const [user, password] = [decoded(url.username), decoded(url.password)];
  if ((url.protocol !== 'mysql:' && url.protocol !== 'mariadb:') || url.hostname === '' || !/^[\w$-]{1,64}$/.test(database)) return null;
  // An option that is not known here (`?ssl=true`) must not look as if it were obeyed.
  if (user === null || password === null || url.search !== '' || url.hash !== '') return null;
  return {
    kind: 'mysql',
    // An IPv6 address stands in brackets in a URL, and nowhere else.
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? 3306 : Number(url.port),
    user,
    password,
    database,
  };
}

/** A part of a URL without its percent signs; null where one stands for nothing. */
function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}

/** Behind a table in a query: rows are read by this index and no other. SQLite refuses a query that it does not fit. */
export const byIndex = (kind: DatabaseUrl['kind'], index: string): string =>
  kind === 'sqlite' ? `INDEXED BY ${index}` : `FORCE INDEX (${index})`;
