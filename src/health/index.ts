export { addDatabaseParts } from './databaseParts.js';
export { type Check, type Part, Readiness } from './Readiness.js';
export { within } from './within.js';
