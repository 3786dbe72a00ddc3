import type { RenderOptions } from 'altair-static';
import type { Operations } from './operations.js';
import { job, type Tab } from './tabs.js';

/** What Altair is started with: the tabs of the main job, and one environment for each door. */
export function altairOptions(operations: Operations): RenderOptions {
  return {
    baseURL: '/playground/',
    initialWindows: job.map((tab) => window(tab, operations)),
    initialEnvironments: {
      base: { title: 'All environments', variables: { token: '', serviceKey: '' } },
      subEnvironments: [
        door('PRODUCTION', 'Production', '/graphql'),
        door('STAGING', 'Staging', '/staging/graphql'),
        door('DEVELOPMENT', 'Development', '/development/graphql'),
      ],
      activeSubEnvironment: 'PRODUCTION',
    },
    instanceStorageNamespace: 'bailiwick_',
    // Tokens and credentials stay in the page: nothing of what was typed or answered is kept in the browser.
    preserveState: false,
    disableAccount: true,
    initialSettings: {
      'banners.disable': true,
      // The new engine runs scripts in a frame that needs eval; the old one interprets them.
      'beta.disable.newScript': true,
      'alert.disableUpdateNotification': true,
      'alert.disableWarnings': true,
      disablePushNotification: true,
      'schema.reload.onEnvChange': true,
    },
  };
}

const door = (id: string, title: string, url: string) => ({ id, title, variables: { door: `@here@${url}`, environment: id } });

type Window = NonNullable<RenderOptions['initialWindows']>[number];

function window({ title, operation, variables, bearer, remember }: Tab, operations: Operations): Window {
  const text = operations.get(operation);
  if (text === undefined) throw new Error(`The playground's tab "${title}" needs schema/operations/${operation}.graphql.`);
  return {
    initialName: title,
    endpointURL: '{{door}}',
    initialQuery: text,
    initialVariables: JSON.stringify(variables ?? {}, null, 2),
    ...(bearer !== undefined && { initialHeaders: { Authorization: `Bearer ${bearer}` } }),
    ...(remember && { initialPostRequestScript: script(operation, remember) }),
  };
}

/** Runs after the answer, in Altair's interpreter, which knows no newer JavaScript than ES5. */
function script(field: string, remember: NonNullable<Tab['remember']>): string {
  const lines = Object.entries(remember).map(
    ([name, path]) => `  altair.helpers.setEnvironment('${name}', answer.${path}, true);`,
  );
  return ['var data = altair.response.body.data;', `var answer = data && data.${field};`, 'if (answer) {', ...lines, '}'].join('\n');
}
