/** What a remembered key rests on: the key itself, the key that made it, a person behind it, or its tenant. */
export class Ground {
  /** False for ever once something about it was withdrawn. */
  stands = true;
  /** How many remembered keys rest on it. */
  resting = 0;
  private shared: Map<string, unknown> | null = null;

  constructor(readonly id: string) {}

  /** The same of something that is true as long as this and another both stand. */
  shareWith<T>(other: Ground, name: string, make: () => T): T {
    const known = this.recallWith(other, name);
    if (known !== undefined) return known as T;
    const made = make();
    this.shared ??= new Map();
    this.shared.set(name, { other, made });
    return made;
  }

  /** What was shared with that other one under that name. */
  recallWith(other: Ground, name: string): unknown {
    const known = this.recall(name) as { readonly other: Ground; readonly made: unknown } | undefined;
    return known?.other === other ? known.made : undefined;
  }

  /** What was shared under that name. */
  recall(name: string): unknown {
    return this.shared?.get(name);
  }

  /** Something that is true as long as this stands, kept once for all that rests on it. */
  share<T>(name: string, make: () => T): T {
    const known = this.recall(name);
    if (known !== undefined) return known as T;
    this.shared ??= new Map();
    const made = make();
    this.shared.set(name, made);
    return made;
  }
}

/** The grounds of everything that is remembered, so that a withdrawal names one and reaches all that rests on it. */
export class Grounds {
  private readonly byId = new Map<string, Ground>();

  get size(): number {
    return this.byId.size;
  }

  /** The ground of that id, for one more to rest on. */
  take(id: string): Ground {
    let ground = this.byId.get(id);
    if (!ground) {
      ground = new Ground(id);
      this.byId.set(id, ground);
    }
    ground.resting += 1;
    return ground;
  }

  /** One less rests on it; what nothing rests on is let go. */
  release(ground: Ground): void {
    ground.resting -= 1;
    if (ground.resting === 0 && this.byId.get(ground.id) === ground) this.byId.delete(ground.id);
  }

  /** Whatever rests on it does not stand any more. What is learned from now on rests on a new one. */
  withdraw(id: string): void {
    const ground = this.byId.get(id);
    if (!ground) return;
    ground.stands = false;
    this.byId.delete(id);
  }

  withdrawAll(): void {
    for (const ground of this.byId.values()) ground.stands = false;
    this.byId.clear();
  }
}
