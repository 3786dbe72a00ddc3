/** A wait that has not come to its end yet. */
export interface BoundWait {
  /** What was waited for has come. */
  end(): void;
}

/**
 * Calls `over` once a wait has taken so long. Where this process did not run for half of that, it begins anew, once: a wait that was
 * slept through says nothing of the other side.
 */
export function boundWait(milliseconds: number, over: () => void): BoundWait {
  const began = performance.now();
  let timer = setTimeout(() => {
    if (performance.now() - began < milliseconds * 1.5) over();
    else timer = setTimeout(over, milliseconds);
  }, milliseconds);
  return { end: () => clearTimeout(timer) };
}
