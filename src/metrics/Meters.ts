import { doors, type Door } from './doors.js';
import { Count, Family, Timing } from './figures.js';

/** Tells a value when somebody looks. */
export type Reading = () => number;

/** A figure as it is shown: what it is called, what it means, and where it is kept. */
export type Shown = { readonly name: string; readonly help: string } & (
  | { readonly kind: 'counter'; readonly family: Family<Count> }
  | { readonly kind: 'histogram'; readonly family: Family<Timing> }
  | { readonly kind: 'gauge' | 'read counter'; readonly read: Reading }
);

/** From 50 µs, what a verification from memory takes, to 10 s, which nothing should. */
const SECONDS = [
  0.000_05, 0.000_1, 0.000_2, 0.000_3, 0.000_5, 0.000_75, 0.001, 0.002, 0.003, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

/**
 * The service's figures. Parts count in plain numbers, which costs nothing beside what they do, or say how they are read; names
 * and units are as Prometheus has them. No label may hold what callers choose: no id, no name, no address.
 */
export class Meters {
  private readonly all = new Map<string, Shown>();
  private readonly verifications = this.counters(
    'bailiwick_verifications_total',
    'API keys that were verified, by door and by code of the answer.',
    'door',
    'code',
  );
  private readonly requests = this.counters(
    'bailiwick_http_requests_total',
    'Requests that were answered, by route and status; 499 where nobody waited for the answer any more.',
    'route',
    'status',
  );
  private readonly took = this.timings(
    'bailiwick_http_request_duration_seconds',
    'From the headers of a request to the end of its answer, by route.',
    'route',
  );
  private readonly verifying = this.timings(
    'bailiwick_verification_duration_seconds',
    'The same of requests that verify a key, by door.',
    'door',
  );
  // What is counted at each request is looked up once.
  private readonly byDoor = new Map(doors.map((door) => [door, { took: this.verifying.of(door), codes: new Map<string, Count>() }]));
  private readonly byRoute = new Map<string, { readonly took: Timing; readonly statuses: Map<number, Count> }>();

  /** A key was verified. */
  verified(door: Door, code: string): void {
    const codes = this.byDoor.get(door)?.codes;
    kept(codes, code, () => this.verifications.of(door, code)).add();
  }

  /** A request was answered. */
  answered(route: string, status: number, door: Door | null, seconds: number): void {
    const { took, statuses } = kept(this.byRoute, route, () => ({ took: this.took.of(route), statuses: new Map<number, Count>() }));
    took.observe(seconds);
    kept(statuses, status, () => this.requests.of(route, String(status))).add();
    if (door !== null) this.byDoor.get(door)?.took.observe(seconds);
  }

  /** A number that only grows, counted by whoever asked for it. */
  counter(name: string, help: string): Count {
    return this.counters(name, help).of();
  }

  /** The same, told apart by labels. */
  counters(name: string, help: string, ...labelNames: readonly string[]): Family<Count> {
    const family = new Family(labelNames, () => new Count());
    this.show({ name, help, kind: 'counter', family });
    return family;
  }

  /** How long things take, told apart by labels. */
  timings(name: string, help: string, ...labelNames: readonly string[]): Family<Timing> {
    const family = new Family(labelNames, () => new Timing(SECONDS));
    this.show({ name, help, kind: 'histogram', family });
    return family;
  }

  /** A number that goes up and down, read when somebody looks; one that ends in `_total` only grows. */
  gauge(name: string, help: string, read: Reading): void {
    this.show({ name, help, kind: name.endsWith('_total') ? 'read counter' : 'gauge', read });
  }

  /** All that is shown. */
  shown(): readonly Shown[] {
    return [...this.all.values()];
  }

  private show(shown: Shown): void {
    const { name } = shown;
    if (!/^bailiwick_[a-z][a-z_]*$/.test(name) || this.all.has(name)) throw new Error(`${name} cannot be the name of a figure`);
    this.all.set(name, shown);
  }
}

/** What a map holds of this key; made and kept where it holds nothing yet. */
function kept<K, V>(map: Map<K, V> | undefined, key: K, make: () => V): V {
  const known = map?.get(key);
  if (known !== undefined) return known;
  const made = make();
  map?.set(key, made);
  return made;
}
