import { z } from 'zod';
// Not by the room's index: a wrong setting is told before TypeORM is loaded.
import { parseDatabaseUrl } from './database/dialect.js';
import { parseRedisUrl } from './rateLimits/index.js';

/** A setting is wrong: one line that names it and says what to write. */
export class WrongSetting extends Error {
  override readonly name = 'WrongSetting';
}

/** A whole number in these bounds. */
const whole = (least: number, most: number) => {
  const message = `must be a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .refine((number) => number >= least && number <= most, message);
};

const port = whole(0, 65_535);
const days = whole(1, 3_650);

const settings = {
  BAILIWICK_MAX_API_KEYS: whole(1, 999_999_999).optional(),
  PORT: port.default(4000),
  HOST: z.string().min(1).default('127.0.0.1'),
  DATABASE_URL: z
    .string()
    .default('sqlite:./data/bailiwick.sqlite')
    .transform((text, context) => {
      const url = parseDatabaseUrl(text);
      if (!url) context.addIssue('must be sqlite:<file> or mysql://user:password@host:port/database');
      return url ?? z.NEVER;
    }),
  REDIS_URL: z
    .string()
    .transform((text, context) => {
      const url = parseRedisUrl(text);
      if (!url) context.addIssue('must be redis://user:password@host:port/number, or rediss:// for TLS');
      return url ?? z.NEVER;
    })
    .optional(),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'must be fatal, error, warn, info, debug, trace or silent')
    .default('info'),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .refine((text) => {
      // What is no URL at all has been told already.
      if (!URL.canParse(text)) return true;
      const { hash, password, search, username } = new URL(text);
      return hash + password + search + username === '';
    }, 'must name no user, no query and no fragment: it is published')
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  ENCRYPTION_KEY: z
    .string()
    .regex(/^[A-Za-z0-9+/]{43}=$/, 'must be 32 bytes in base64 (openssl rand -base64 32)')
    .transform((text) => Buffer.from(text, 'base64'))
    .optional(),
  BAILIWICK_WEBHOOK_PRIVATE_TARGETS: z
    .enum(['true', 'false'], 'must be true or false')
    .default('false')
    .transform((text) => text === 'true'),
  METRICS_PORT: port.optional(),
  BAILIWICK_METRICS_HOST: z.string().min(1).default('127.0.0.1'),
  BAILIWICK_CACHED_KEYS: whole(1, 10_000_000).default(100_000),
  BAILIWICK_MAX_REQUESTS: whole(1, 100_000).default(1_000),
  BAILIWICK_DATABASE_CONNECTIONS: whole(1, 500).default(10),
  BAILIWICK_DATABASE_TIMEOUT_SECONDS: whole(1, 70).default(5),
  BAILIWICK_DRAIN_SECONDS: whole(0, 300).default(1),
  BAILIWICK_LOG_RETENTION_DAYS: days.default(30),
  BAILIWICK_USAGE_RETENTION_DAYS: days.default(400),
  BAILIWICK_SIGNING_KEY_DAYS: days.default(30),
  BOOTSTRAP_ORGANIZATION: z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(100, 'must not be longer than 100 characters')
    .default('Default'),
  BOOTSTRAP_EMAIL: z
    .string()
    .trim()
    .regex(/^[^\s@]+@[^\s@]+$/, 'must be an e-mail address')
    .max(254, 'must not be longer than 254 characters')
    .default('owner@localhost'),
  BOOTSTRAP_PASSWORD: z
    .string()
    .min(12, 'must have at least 12 characters')
    .refine((text) => Buffer.byteLength(text) <= 72, 'must not be longer than 72 bytes')
    .optional(),
};
const schema = z.object(settings);

/** All settings, checked. */
export type Config = z.output<typeof schema>;

/** Settings whose value is never repeated, not even in a complaint about it. */
const secret = new Set(['DATABASE_URL', 'REDIS_URL', 'ENCRYPTION_KEY', 'BOOTSTRAP_PASSWORD', 'PUBLIC_URL']);

/**
 * Reads the settings from the environment: the only reader of `process.env`. A malformed one, and an unknown one under a
 * prefix of ours, is refused: a typo must not become a default.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  for (const name of Object.keys(environment)) {
    if (/^(BAILIWICK|BOOTSTRAP)_/.test(name) && !Object.hasOwn(settings, name)) {
      throw new WrongSetting(`${name} is no setting of Bailiwick: remove it, or look its name up in the README.`);
    }
  }
  // An empty variable is how many shells and compose files say "not set".
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const name = String(issue?.path[0]);
    const value = secret.has(name) ? '' : ` (it is ${JSON.stringify(given[name])})`;
    throw new WrongSetting(`${name} ${issue?.message ?? 'is malformed'}${value}.`);
  }
  const config = parsed.data;
  if (config.DATABASE_URL.kind === 'mysql' && !config.ENCRYPTION_KEY) {
    throw new WrongSetting(
      'ENCRYPTION_KEY is required with MySQL: 32 bytes in base64 (openssl rand -base64 32), the same on every replica.',
    );
  }
  return config;
}
