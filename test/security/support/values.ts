import { bcryptOf, itemOf, oldCredential } from '../../support/jobs.js';

/** Ids of things that exist (or are asked about as if they did), by the name of their GraphQL type; and a credential. */
export interface Ids {
  readonly Organization: string;
  readonly Application: string;
  readonly Workspace: string;
  readonly UserGroup: string;
  readonly User: string;
  readonly Role: string;
  readonly Grant: string;
  readonly ApiKey: string;
  readonly Job: string;
  readonly Webhook: string;
  /** The credential of `ApiKey`. */
  readonly credential: string;
  /** The name of a permission that the tenant has registered. */
  readonly registered: string;
  readonly [more: string]: string;
}

/** The password of everybody in these tests. */
export const PASSWORD = 'a good long password';

/** In an hour; later than any instant of a test. */
export const later = (): string => new Date(Date.now() + 3_600_000).toISOString();

let made = 0;
/** Something that is said for the first time, where it must not be said twice. */
const another = (): number => (made += 1);

/**
 * What cannot be guessed from names and types: of a mutation, what its input says; of a query, its arguments. Whatever
 * is said here is said in every operation that these tests make of that field; `to` is the place that is tried, if any.
 */
export const overrides: Readonly<Record<string, (ids: Ids, to: readonly string[]) => Record<string, unknown>>> = {
  accessImpact: ({ Grant }) => ({ revokeGrantId: Grant }),
  changePassword: () => ({ currentPassword: PASSWORD, newPassword: 'another good long password' }),
  createRole: () => ({ name: `Readers ${another()}` }),
  createUser: () => ({ email: `somebody.${another()}@tenant.test` }),
  createWebhook: () => ({ events: ['API_KEY_EXPIRING'] }),
  createUserGroup: ({ Organization }) => ({ organizationId: Organization }),
  definePermission: () => ({ name: `license:manage${another()}` }),
  deleteNamespace: ({ Workspace }) => ({ id: Workspace }),
  grantRole: ({ User }) => ({ userId: User }),
  importApiKeys: ({ User, Application }, to) => {
    const old = oldCredential();
    // Only what came as bcrypt has a clear head.
    const how = to.includes('lookupPrefix') ? bcryptOf(old, `head${another()}.`) : {};
    return { keys: [itemOf(old, { userId: User, namespaceId: Application, permissions: ['workspace:view'], ...how })] };
  },
  removePermission: ({ registered }) => ({ name: registered }),
  revokeApiKeys: ({ Application }) => ({ filter: { namespaceId: Application } }),
  setUserActive: () => ({ active: false }),
};

const texts: Readonly<Record<string, (ids: Ids) => string>> = {
  email: () => 'somebody@tenant.test',
  password: () => PASSWORD,
  refreshToken: () => 'bwr_none',
  key: ({ credential }) => credential,
  url: () => 'https://hooks.tenant.test/bailiwick',
  clientIp: () => '192.0.2.1',
};

/** A value for a scalar, by the name of the input and, for `id`, of the operation. What cannot be guessed is thrown. */
export function valueByName(root: string, name: string, scalar: string, ids: Ids): unknown {
  switch (scalar) {
    case 'ID':
      return idFor(root, name, ids);
    case 'String':
      return (texts[name] ?? (() => `A ${name}`))(ids);
    case 'Int':
    case 'Float':
      return 1;
    case 'Boolean':
      return true;
    case 'DateTime':
      return later();
    case 'Permission':
      return 'workspace:view';
    case 'JSONObject':
      return { plan: 'gold' };
    default:
      throw new Error(
        `${root}: no value is known for the scalar ${scalar} of "${name}". Add one to valueByName in test/security/support/values.ts.`,
      );
  }
}

/** The GraphQL type of which an id is asked for: `removeUserId` is a user's; `id` is of what the operation's name ends with. */
export function typeOfId(root: string, name: string, ids: Ids): string {
  const said = name === 'id' ? root : name.replace(/Ids?$/, '');
  if (/^(node|namespace|target)$|Namespace$/.test(said)) return 'Application';
  const nouns = Object.keys(ids).filter((noun) => noun !== 'credential' && said.toLowerCase().includes(noun.toLowerCase()));
  const longest = nouns.sort((one, other) => other.length - one.length)[0];
  if (longest !== undefined) return longest;
  if (/^(createdBy|actor|issuedBy)$/.test(said)) return 'User';
  throw new Error(
    `${root}: no id is known for "${name}". Add a thing of that kind to preyOf in test/security/support/world.ts, or a line for ${root} to overrides in test/security/support/values.ts.`,
  );
}

const idFor = (root: string, name: string, ids: Ids): string => ids[typeOfId(root, name, ids)]!;
