// Nothing else may be loaded before this: the embedded database ends the process without a word on an older Node.
const OLDEST_NODE = 22;
if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
  console.error(`Bailiwick needs Node ${OLDEST_NODE} or later; this is ${process.versions.node}. "npm start" brings its own on Linux.`);
  process.exit(1);
}
// Libraries look at it once, when they are loaded: unless told that this is production, graphql-js looks twice at each value.
// eslint-disable-next-line no-restricted-properties -- no setting of the service: none of its own code reads it
process.env['NODE_ENV'] ??= 'production';
void import('./start/start.js').then(({ start }) => start());
