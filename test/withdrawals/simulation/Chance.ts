/** Draws that are the same for the same seed (mulberry32): a schedule that failed fails again. */
export class Chance {
  private state: number;

  constructor(seed: number) {
    // Seeds in a row must not draw alike.
    this.state = Math.imul(seed, 0x9e3779b1) >>> 0;
  }

  /** From 0 to below 1. */
  unit(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  between(least: number, most: number): number {
    return least + this.unit() * (most - least);
  }

  /** From the least to the most, each order of magnitude as often as the others. */
  scaled(least: number, most: number): number {
    return least * (most / least) ** this.unit();
  }

  happens(probability: number): boolean {
    return this.unit() < probability;
  }

  pick<T>(among: readonly T[]): T {
    return among[Math.floor(this.unit() * among.length)] as T;
  }
}
