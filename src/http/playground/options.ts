import type { RenderOptions } from 'altair-static';
import { job } from './job.js';
import type { Operations } from './operations.js';
import { windowOf } from './windows.js';

/** Stands for the page's own scheme, host and port, which only the browser knows for certain. */
export const HERE = '@here@';

/** The same for WebSockets. */
export const SOCKET_HERE = '@socket-here@';

const door = (id: string, title: string, url: string) => ({
  id,
  title,
  variables: { door: HERE + url, socket: SOCKET_HERE + url, environment: id },
});

/** What Altair is started with: the tabs of the main job, and one environment for each door. */
export const altairOptions = (operations: Operations): RenderOptions => ({
  baseURL: '/playground/',
  initialWindows: job.map((tab) => windowOf(tab, operations)),
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
  // Passwords, tokens and credentials stay in the page: nothing that was typed or answered is kept in the browser.
  preserveState: false,
  disableAccount: true,
  initialSettings: {
    'banners.disable': true,
    // Its frame needs eval; the engine before it interprets scripts.
    'beta.disable.newScript': true,
    'alert.disableUpdateNotification': true,
    'alert.disableWarnings': true,
    disablePushNotification: true,
  },
});
