/** What a service was told of a key: AWAY, the service cannot say now; SPENT, its rate limit is used up; BROKEN, there was no answer. */
export type Said = 'YES' | 'NO' | 'AWAY' | 'SPENT' | 'BROKEN';

/** A key, what it is asked about, and the credential of the service that asks. */
export interface AskedAbout {
  readonly credential: string;
  readonly permission: string;
  readonly asker: string;
}

/** A request as it is sent. */
export interface Knock {
  readonly method: 'POST' | 'GET';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A response as it came. */
export interface Response {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

/** One way to ask whether a key is good. */
export interface Door {
  readonly name: string;
  /** False: it asks about the key alone, and not about one of its permissions. */
  readonly asksPermission: boolean;
  ask(watched: AskedAbout): Knock;
  /** What an answer means that is neither 503 nor 429; null: it makes no sense. */
  read(response: Response): 'YES' | 'NO' | 'SPENT' | null;
}

const graphql = (credential: string, query: string, variables?: object): Knock => ({
  method: 'POST',
  path: '/graphql',
  headers: { 'content-type': 'application/json', authorization: `Bearer ${credential}` },
  body: JSON.stringify({ query, variables }),
});

/** What the code of a verification means. */
function meaning(code: string | undefined): 'YES' | 'NO' | 'SPENT' | null {
  if (code === undefined) return null;
  return code === 'VALID' ? 'YES' : code === 'RATE_LIMITED' ? 'SPENT' : 'NO';
}

const question = ({ credential, permission }: AskedAbout) => ({ key: credential, permissions: [permission] });

/** Every door at which a key can be presented or asked about. */
export const doors: readonly Door[] = [
  {
    name: 'verifyApiKey',
    asksPermission: true,
    ask: (watched) =>
      graphql(watched.asker, 'mutation ($input: VerifyApiKeyInput!) { verifyApiKey(input: $input) { code } }', {
        input: question(watched),
      }),
    read: ({ text }) => meaning(/"verifyApiKey":\{"code":"(\w+)"/.exec(text)?.[1]),
  },
  {
    name: 'verifyApiKeys',
    asksPermission: true,
    ask: (asked) =>
      graphql(asked.asker, 'mutation ($inputs: [VerifyApiKeyInput!]!) { verifyApiKeys(inputs: $inputs) { code } }', {
        inputs: [{ key: 'bwk_prod_made_up' }, question(asked)],
      }),
    read: ({ text }) => meaning(/"verifyApiKeys":\[\{"code":"NOT_FOUND"\},\{"code":"(\w+)"/.exec(text)?.[1]),
  },
  {
    name: 'viewer',
    asksPermission: false,
    ask: ({ credential }) => graphql(credential, '{ viewer { apiKey { id } } }'),
    // Whoever is let in is accepted, also where there is nothing left to be shown.
    read: ({ status, text }) =>
      status === 401 || text.includes('"UNAUTHENTICATED"') ? 'NO' : text.startsWith('{"data":{"viewer":{"apiKey":') ? 'YES' : null,
  },
  {
    name: 'introspect',
    asksPermission: true,
    ask: ({ asker, credential, permission }) => ({
      method: 'POST',
      path: '/oauth2/introspect',
      headers: { authorization: `Bearer ${asker}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ token: credential, scope: permission }).toString(),
    }),
    read: ({ text }) => (text.startsWith('{"active":true') ? 'YES' : text === '{"active":false}' ? 'NO' : null),
  },
  {
    name: 'verify',
    asksPermission: true,
    ask: ({ asker, credential, permission }) => ({
      method: 'GET',
      path: `/verify?${new URLSearchParams({ permission }).toString()}`,
      headers: { authorization: `Bearer ${credential}`, 'x-bailiwick-service-key': asker },
    }),
    read: ({ status }) => (status === 200 ? 'YES' : status === 401 || status === 403 ? 'NO' : null),
  },
];
