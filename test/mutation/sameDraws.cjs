const fc = require('fast-check');

let broken = false;

fc.configureGlobal({
  // The same draws each time: a mutant that one run kills and the next one does not would make the score a matter of luck.
  seed: 20_261_121,
  // One broken law is enough: it is not shrunk, and the laws after it are not tried.
  endOnFailure: true,
  reporter({ failed, errorInstance }) {
    if (!failed) return;
    broken = true;
    throw errorInstance;
  },
  beforeEach() {
    if (broken) throw new Error('a law is broken already');
  },
});
