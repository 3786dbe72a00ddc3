/** A number that only grows, kept plain: counting costs an addition, and the rest is done when somebody looks. */
export class Count {
  value = 0;

  add(by = 1): void {
    this.value += by;
  }
}

/** How long something took, by buckets. */
export class Timing {
  readonly counts: number[];
  sum = 0;
  count = 0;

  /** The buckets' upper bounds in seconds, in order. */
  constructor(readonly bounds: readonly number[]) {
    this.counts = bounds.map(() => 0);
  }

  observe(seconds: number): void {
    this.sum += seconds;
    this.count += 1;
    const { bounds } = this;
    let at = 0;
    while (at < bounds.length && seconds > (bounds[at] ?? Infinity)) at += 1;
    if (at < bounds.length) this.counts[at] = (this.counts[at] ?? 0) + 1;
  }
}

/** Beyond this many, all further values of labels are one: whatever is counted, the figures stay small. */
const MOST_MEMBERS = 500;
const OTHER = 'other';

/** Figures of one kind, told apart by the values of their labels, which come from closed lists. */
export class Family<F> {
  private readonly members = new Map<string, { readonly labels: readonly string[]; readonly figure: F }>();

  constructor(
    readonly labelNames: readonly string[],
    private readonly make: () => F,
  ) {}

  /** The figure of these values. Whoever counts often keeps it. */
  of(...labels: readonly string[]): F {
    const name = labels.join('\n');
    const member = this.members.get(name) ?? this.add(name, labels);
    return member.figure;
  }

  all(): readonly { readonly labels: readonly string[]; readonly figure: F }[] {
    return [...this.members.values()];
  }

  private add(name: string, labels: readonly string[]): { readonly labels: readonly string[]; readonly figure: F } {
    const full = this.members.size >= MOST_MEMBERS && !labels.every((label) => label === OTHER);
    if (full) return { labels, figure: this.of(...labels.map(() => OTHER)) };
    const member = { labels, figure: this.make() };
    this.members.set(name, member);
    return member;
  }
}
