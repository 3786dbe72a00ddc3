import DataLoader from 'dataloader';
import type { Act } from '../access/index.js';
import type { Rows } from '../database/index.js';
import { emptyPage, type Page } from '../domain/index.js';

/** One query for many keys, answered in their order. */
export type Batch<K, V> = (rows: Rows, keys: readonly K[]) => Promise<readonly V[]>;

/** One page of a list for each of many parents, by what the caller of the act may see. */
export type PageBatch<A, T> = (act: Act, parents: readonly string[], args: A) => Promise<ReadonlyMap<string, Page<T>>>;

/** The loaders of one request: one for each batch query, made at its first use. A mutation forgets them all. */
export class Loaders {
  private readonly made = new Map<unknown, DataLoader<unknown, unknown>>();
  private readonly pages = new Map<unknown, Map<string, DataLoader<string, unknown>>>();

  constructor(private readonly rows: Rows) {}

  /** Loads one thing together with all others that are asked for at the same time. */
  load<K, V>(batch: Batch<K, V>, key: K): Promise<V> {
    let loader = this.made.get(batch) as DataLoader<K, V> | undefined;
    if (!loader) {
      loader = new DataLoader<K, V>((keys) => batch(this.rows, keys));
      this.made.set(batch, loader);
    }
    return loader.load(key);
  }

  /** Loads one parent's page together with those of all parents that are asked for the same page at the same time. */
  page<A extends object, T>(act: Act, batch: PageBatch<A, T>, args: A, parent: string): Promise<Page<T>> {
    const byArguments = this.pages.get(batch) ?? new Map<string, DataLoader<string, unknown>>();
    this.pages.set(batch, byArguments);
    const asked = JSON.stringify(args);
    let loader = byArguments.get(asked) as DataLoader<string, Page<T>> | undefined;
    if (!loader) {
      loader = new DataLoader<string, Page<T>>(async (parents) => {
        const found = await batch(act, parents, args);
        return parents.map((each) => found.get(each) ?? emptyPage);
      });
      byArguments.set(asked, loader);
    }
    return loader.load(parent);
  }

  /** After a change what was loaded may be stale. */
  forget(): void {
    this.made.clear();
    this.pages.clear();
  }
}
