import { IsNull, LessThanOrEqual } from 'typeorm';
import type { Rows } from '../database/index.js';
import { PeriodicTaskRows } from './PeriodicTaskRow.js';

/** When each periodic task is due, and who does it. */
export class PeriodicTaskStore {
  constructor(private readonly rows: Rows) {}

  /** The names of those that are known. */
  async known(): Promise<ReadonlySet<string>> {
    return new Set((await this.rows.find(PeriodicTaskRows, { select: { name: true } })).map(({ name }) => name));
  }

  /** The names of those that are due and that nobody does now: looked for each second, so that nothing is written for the others. */
  async due(now: Date): Promise<ReadonlySet<string>> {
    const due = { dueAt: LessThanOrEqual(now) };
    const found = await this.rows.find(PeriodicTaskRows, {
      select: { name: true },
      where: [
        { ...due, leaseUntil: IsNull() },
        { ...due, leaseUntil: LessThanOrEqual(now) },
      ],
    });
    return new Set(found.map(({ name }) => name));
  }

  async add(name: string, dueAt: Date): Promise<void> {
    await this.rows.insert(PeriodicTaskRows, { name, dueAt, runner: null, leaseUntil: null });
  }

  /** Takes a task that is due and that nobody does now: of several replicas, one. */
  async claim(name: string, runner: string, now: Date, leaseUntil: Date): Promise<boolean> {
    const due = { name, dueAt: LessThanOrEqual(now) };
    const taken = { runner, leaseUntil };
    const { affected: free } = await this.rows.update(PeriodicTaskRows, { ...due, leaseUntil: IsNull() }, taken);
    if (free === 1) return true;
    const { affected: lapsed } = await this.rows.update(PeriodicTaskRows, { ...due, leaseUntil: LessThanOrEqual(now) }, taken);
    return lapsed === 1;
  }

  /** Says when a task that was done is due again. */
  async done(name: string, runner: string, dueAt: Date): Promise<void> {
    await this.rows.update(PeriodicTaskRows, { name, runner }, { dueAt, runner: null, leaseUntil: null });
  }
}
