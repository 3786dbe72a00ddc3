export type { Namespace } from './Namespace.js';
export { mayViewNamespace, namespacesById } from './viewNamespace.js';
export { bootstrap, firstOrganization, type FirstSignIn, type Founding } from './bootstrap.js';
export { deletingNamespace } from './deleteNamespace.js';
