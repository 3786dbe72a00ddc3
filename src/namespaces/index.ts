export type { Namespace } from './Namespace.js';
export { mayViewNamespace, namespacesById } from './viewNamespace.js';
