import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** The bytes of the heap that something holds: what garbage there is says when it was last collected, and nothing else. */
export function heldHeap(): number {
  collect();
  return process.memoryUsage().heapUsed;
}
