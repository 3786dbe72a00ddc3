// Nothing else may be loaded before this: the embedded database ends the process without a word on an older Node.
const OLDEST_NODE = 22;
if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
  console.error(`Bailiwick needs Node ${OLDEST_NODE} or later; this is ${process.versions.node}. "npm start" brings its own on Linux.`);
  process.exit(1);
}
void import('./start/start.js').then(({ start }) => start());
