export { type TracedRequest, traceRequest, traceVerification } from './requests.js';
export { type Around, inside, isTraced } from './spans.js';
export { aroundStatements } from './statements.js';
