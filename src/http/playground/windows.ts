import type { RenderOptions } from 'altair-static';
import { library } from './library.js';
import type { Operations } from './operations.js';
import type { Tab } from './tabs.js';

type Window = NonNullable<RenderOptions['initialWindows']>[number];

/** A tab in the words of Altair's options. */
export function windowOf(tab: Tab, operations: Operations): Window {
  return {
    initialName: tab.title,
    endpointURL: '{{door}}',
    initialQuery: document(tab, operations),
    initialVariables: variables(tab),
    ...(tab.bearer !== undefined && { initialHeaders: { Authorization: `Bearer ${tab.bearer}` } }),
    ...(tab.remember && { initialPostRequestScript: handOver(tab.operation, tab.remember) }),
  };
}

const FOLDER = 'bailiwick';

/** The library in the words of Altair's store of collections: one folder with a folder for each room. */
export function collectionsOf(operations: Operations): readonly object[] {
  return [
    { ...stored(library.length + 1), id: FOLDER, title: 'Ready operations', parentPath: '', queries: [] },
    ...library.map(({ title, tabs }, shelf) => ({
      ...stored(library.length - shelf),
      id: `${FOLDER}-${shelf}`,
      title,
      parentPath: `/${FOLDER}`,
      queries: tabs.map((tab, index) => ({ ...stored(index + 1), ...windowInStore(tab, operations), id: `${FOLDER}-${shelf}-${index}` })),
    })),
  ];
}

/** Altair shows folders with the newest on top, and what is in them with the oldest, whatever it says there. */
const stored = (place: number) => ({ storageType: 'local', workspaceId: 'local', created_at: place, updated_at: place });

function windowInStore(tab: Tab, operations: Operations): object {
  return {
    version: 1,
    type: 'window',
    windowName: tab.title,
    apiUrl: '{{door}}',
    subscriptionUrl: '{{socket}}',
    subscriptionRequestHandlerId: 'graphql-ws',
    subscriptionConnectionParams: JSON.stringify(tab.bearer === undefined ? {} : { authorization: `Bearer ${tab.bearer}` }),
    query: document(tab, operations),
    variables: variables(tab),
    headers: tab.bearer === undefined ? [] : [{ key: 'Authorization', value: `Bearer ${tab.bearer}`, enabled: true }],
    preRequestScript: '',
    preRequestScriptEnabled: false,
    postRequestScript: tab.remember ? handOver(tab.operation, tab.remember) : '',
    postRequestScriptEnabled: tab.remember !== undefined,
  };
}

const variables = (tab: Tab): string => JSON.stringify(tab.variables ?? {}, null, 2);

function document({ title, operation, notes = [] }: Tab, operations: Operations): string {
  const text = operations.get(operation);
  if (text === undefined) throw new Error(`The playground's tab "${title}" needs schema/operations/${operation}.graphql.`);
  const [summary, ...rest] = text.split('\n');
  return [summary, ...notes.map((note) => `# ${note}`), ...rest].join('\n');
}

/** A script that runs after the answer, in Altair's interpreter: it needs no eval, and knows no JavaScript newer than ES5. */
function handOver(field: string, remember: NonNullable<Tab['remember']>): string {
  const lines = Object.entries(remember).map(([name, path]) => `  altair.helpers.setEnvironment('${name}', answer.${path}, true);`);
  return [
    'var body = altair.response.body;',
    "if (typeof body === 'string') { body = JSON.parse(body); }",
    `var answer = body.data && body.data.${field};`,
    'if (answer) {',
    ...lines,
    '}',
  ].join('\n');
}
