import vm from 'node:vm';
import { TestEnvironment } from 'jest-environment-node';

type Given = ConstructorParameters<typeof TestEnvironment>;

/** As many frames of a stack as Node keeps. Jest keeps a hundred and maps each to its source, for every error that is thrown. */
const FRAMES = 10;

/**
 * Jest's environment on a plain global object. Jest's own is a proxy, which is asked wherever a global is named, be it `Map` or
 * `Buffer`: a sixth of what the tests cost.
 */
export default class PlainEnvironment extends TestEnvironment {
  constructor(...given: Given) {
    const { createContext } = vm;
    const mended = vm as { createContext: unknown };
    mended.createContext = () => createContext(vm.constants.DONT_CONTEXTIFY);
    try {
      super(...given);
    } finally {
      mended.createContext = createContext;
    }
    this.global.Error.stackTraceLimit = FRAMES;
  }
}
