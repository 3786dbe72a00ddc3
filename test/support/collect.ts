import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** Collects all garbage: what the heap holds from then on is what somebody holds, and what is measured next pays for nothing before it. */
export const collect = (): void => gc();
