export type { Grant } from './Grant.js';
export { GrantStore } from './GrantStore.js';
export { grantToCreators } from './grantToCreators.js';
