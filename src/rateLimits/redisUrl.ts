/** Where Redis is, and who we are there. */
export interface RedisUrl {
  readonly host: string;
  readonly port: number;
  /** Empty: the default user. */
  readonly user: string;
  /** Empty: none. */
  readonly password: string;
  /** The number of the database. */
  readonly database: number;
  /** Over TLS, with a certificate that the machine trusts for this host. */
  readonly tls: boolean;
}

/** Reads `redis://user:password@host:port/number`, or `rediss://` for TLS; null where the text is neither. */
export function parseRedisUrl(text: string): RedisUrl | null {
  if (!URL.canParse(text)) return null;
  const { protocol, hostname, port, pathname, username, password, search, hash } = new URL(text);
  if ((protocol !== 'redis:' && protocol !== 'rediss:') || hostname === '' || port === '0') return null;
  if (!/^(?:\/\d{0,3})?$/.test(pathname)) return null;
  // An option that is not known here (`?family=6`) must not look as if it were obeyed.
  if (search !== '' || hash !== '' || /[?#]/.test(text)) return null;
  const [user, secret] = [decoded(username), decoded(password)];
  // Redis has no name without a password.
  if (user === null || secret === null || (user !== '' && secret === '')) return null;
  return {
    // An IPv6 address stands in brackets in a URL, and nowhere else.
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? 6379 : Number(port),
    user,
    password: secret,
    database: Number(pathname.slice(1)),
    tls: protocol === 'rediss:',
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
