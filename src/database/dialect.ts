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
  if ((url.protocol !== 'mysql:' && url.protocol !== 'mariadb:') || url.hostname === '' || !/^[\w$-]{1,64}$/.test(database)) return null;
  return {
    kind: 'mysql',
    host: url.hostname,
    port: url.port === '' ? 3306 : Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database,
  };
}
