/**
 * Finds `./name.ts` where a source of ours says `./name.js`, as TypeScript does. In `moduleNameMapper` the same would be asked at each
 * `require` of each library as well, and what it finds is not remembered from one file of tests to the next.
 */
module.exports = (name, options) => {
  const own = /^\.{1,2}\/.*\.js$/.test(name) && !options.basedir.includes('/node_modules/');
  return options.defaultResolver(own ? name.slice(0, -'.js'.length) : name, options);
};
