import type { App } from '../app.js';
import { addressOf } from './addressOf.js';
import { tellSignIn } from './firstSignIn.js';

/** Says where the service is, how to sign in for the first time, and how to do the main job from a shell. */
export async function announce({ server, firstSignIn, firstOrganization }: App): Promise<void> {
  const [listening] = server.addresses();
  if (!listening || typeof listening === 'string') throw new Error('the server is not listening');
  const base = addressOf(listening.address, listening.port);
  const lines = ['', `Bailiwick is ready.`, `  API         ${base}/graphql`, `  Playground  ${base}/playground`];
  if (firstSignIn) {
    const { shown, password } = tellSignIn(firstSignIn);
    const { id } = await firstOrganization();
    lines.push(
      `  Sign in     ${shown}`,
      '',
      'Sign in, issue an API key, and ask what it may do:',
      ...mainJob(base, firstSignIn.email, password, id),
    );
  }
  console.log([...lines, ''].join('\n'));
}

/** Where the shell puts what is not printed. */
const FILLED_IN = 'FILLED_IN';
/** Between double quotes of a shell: as it is written. */
const quoted = (text: string): string => text.replaceAll(/[\\"$`]/g, String.raw`\$&`);

/** The main job as three commands for a POSIX shell; each gives the next what it needs. */
function mainJob(base: string, email: string, password: string, organizationId: string): string[] {
  const post = (credential: string, query: string, filledIn: string, more = ''): string =>
    `curl -s ${base}/graphql -H 'content-type: application/json'${credential} -d "${quoted(JSON.stringify({ query })).replace(FILLED_IN, () => filledIn)}"${more}`;
  const pick = (field: string): string => ` | sed -E 's/.*"${field}":"([^"]+)".*/\\1/'`;
  const signIn = `mutation { signIn(input: { email: ${JSON.stringify(email)}, password: "${FILLED_IN}" }) { accessToken } }`;
  const create = `mutation { createApiKey(input: { namespaceId: "${organizationId}", environment: PRODUCTION, name: "First key" }) { key } }`;
  const verify = `mutation { verifyApiKey(input: { key: "${FILLED_IN}", permissions: ["service:manage"] }) { valid code message } }`;
  return [
    `  TOKEN=$(${post('', signIn, password, pick('accessToken'))})`,
    `  KEY=$(${post(' -H "authorization: Bearer $TOKEN"', create, '', pick('key'))})`,
    `  ${post(' -H "authorization: Bearer $KEY"', verify, '$KEY')}`,
  ];
}
