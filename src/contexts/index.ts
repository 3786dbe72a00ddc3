export { type Elsewhere, KeyContext } from './KeyContext.js';
export { type ContextCounts, KeyContexts } from './KeyContexts.js';
export { type OpenContexts, openContexts } from './openContexts.js';
