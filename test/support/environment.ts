import vm from 'node:vm';
import { TestEnvironment } from 'jest-environment-node';

type Given = ConstructorParameters<typeof TestEnvironment>;

/** As many frames of a stack as Node keeps. Jest keeps a hundred and maps each to its source, for every error that is thrown. */
const FRAMES = 10;

/** What this worker has compiled, by the name of its file. */
const compiled = new Map<string, { readonly source: string; readonly script: vm.Script }>();

/**
 * Compiles a module once for all files of tests that a worker runs. Jest compiles two thousand modules for each of them anew; a script
 * runs in any context, and what V8 knows of its functions goes with it. Each file of tests still has modules of its own. Nothing that is
 * compiled here may say `import()`: it has become `require` before.
 */
function compileOnce(
  code: string,
  parameters: readonly string[] = [],
  { filename = '', parsingContext }: vm.CompileFunctionOptions = {},
): unknown {
  const head = `(function (${parameters.join()}) {`;
  const source = `${head}${code}\n})`;
  let known = compiled.get(filename);
  if (known?.source !== source) {
    known = { source, script: new vm.Script(source, { filename, columnOffset: -head.length }) };
    compiled.set(filename, known);
  }
  return known.script.runInContext(parsingContext!);
}
(vm as { compileFunction: unknown }).compileFunction = compileOnce;

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
