interface Happening {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** True time, in milliseconds, which no machine of the simulation can read: it jumps from one happening to the next. */
export class Timeline {
  now = 0;
  private order = 0;
  /** A binary heap: the next happening is the first. */
  private readonly heap: Happening[] = [];

  at(at: number, run: () => void): void {
    const { heap } = this;
    const happening = { at: Math.max(at, this.now), order: (this.order += 1), run };
    let index = heap.push(happening) - 1;
    while (index > 0) {
      const above = (index - 1) >> 1;
      if (!isBefore(happening, heap[above] as Happening)) break;
      heap[index] = heap[above] as Happening;
      index = above;
    }
    heap[index] = happening;
  }

  after(delay: number, run: () => void): void {
    this.at(this.now + delay, run);
  }

  /** Lets the next thing happen; false where nothing is left until then. */
  step(until: number): boolean {
    const [next] = this.heap;
    if (!next || next.at > until) return false;
    this.drop();
    this.now = next.at;
    next.run();
    return true;
  }

  private drop(): void {
    const { heap } = this;
    const last = heap.pop() as Happening;
    if (heap.length === 0) return;
    let index = 0;
    for (;;) {
      let below = 2 * index + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1] as Happening, heap[below] as Happening)) below += 1;
      if (!isBefore(heap[below] as Happening, last)) break;
      heap[index] = heap[below] as Happening;
      index = below;
    }
    heap[index] = last;
  }
}

const isBefore = (left: Happening, right: Happening): boolean => left.at < right.at || (left.at === right.at && left.order < right.order);
