import * as fc from 'fast-check';
import { permissions } from '../authority/world.js';
import type { Service } from '../support/service.js';
import { type Draw, peopleActs, type PlanOf } from './liveActs.js';
import { compare, senderOf, verify } from './liveComparison.js';
import { keyActs } from './liveKeyActs.js';
import { foundLiveTenant, type LiveTenant } from './liveTenant.js';
import type { LiveWorld } from './liveWorld.js';

/**
 * The live cap (C12, S3.16) through the whole service: whatever happens to grants, roles, groups, people and keys, in any
 * order, what every key can do is what the reference model says, after each step. fast-check draws the steps; what is
 * refused must be refused with the model's code, what is permitted must succeed.
 */

export const STEPS = 20;

/** How often each act came out how; a run in which something never happened has shown nothing about it. */
export class Tally {
  private readonly counts = new Map<string, number>();
  sequences = 0;
  steps = 0;

  count(act: string, outcome: string): void {
    this.steps += 1;
    const line = `${act} ${outcome}`;
    this.counts.set(line, (this.counts.get(line) ?? 0) + 1);
  }

  of(act: string, outcome: string): number {
    return this.counts.get(`${act} ${outcome}`) ?? 0;
  }

  /** How often it was refused, with whatever code. */
  refused(act: string): number {
    return [...this.counts].reduce(
      (sum, [line, count]) => sum + (line.startsWith(`${act} `) && !/PERMITTED|DONE/.test(line) ? count : 0),
      0,
    );
  }

  get lines(): readonly string[] {
    return [...this.counts].map(([line, count]) => `${line} ${count}`).sort();
  }
}

const planned: Readonly<Record<string, PlanOf>> = { ...peopleActs, ...keyActs };

/** Each act that changes something. */
export const changing = Object.keys(planned);

/** Resting comes first: a failing sequence shrinks to the few steps that matter, and rests in between. */
const acts = [
  'rest',
  ...['tick', 'tick'],
  ...['verify', 'verify', 'removeUser', 'deleteNamespace', 'deleteApiKey', 'revokeByKey', 'updateOrganization', 'updateOrganization'],
  ...['grantRole', 'grantRole', 'grantRole', 'revokeGrant', 'revokeGrant', 'updateRole', 'updateRole', 'setUserActive', 'setUserActive'],
  ...['addUserToGroup', 'addUserToGroup', 'removeUserFromGroup', 'removeUserFromGroup'],
  ...['createApiKey', 'createApiKey', 'createApiKey', 'createApiKeyForUser', 'createApiKeyForUser', 'createByKey', 'createByKey'],
  ...['updateApiKey', 'updateApiKey', 'revokeApiKey', 'reactivateApiKey', 'reactivateApiKey', 'regenerateApiKey', 'regenerateApiKey'],
];

/** The world as it is compared: the model's own, or one that is wrong on purpose. */
export type View = (world: LiveWorld) => LiveWorld;

const asItIs: View = (world) => world;

interface Live {
  readonly tenant: LiveTenant;
  readonly view: View;
  readonly planning: View;
  readonly tally: Tally;
}

class Step implements fc.AsyncCommand<{ world: LiveWorld }, Live> {
  private told: string;

  constructor(private readonly draw: Draw) {
    this.told = draw.act;
  }

  check(): boolean {
    return true;
  }

  async run(model: { world: LiveWorld }, { tenant, view, planning, tally }: Live): Promise<void> {
    const { draw } = this;
    const { clock } = tenant.service;
    if (draw.act === 'tick') clock.advance(1_000 * (1 + (draw.how % 4)));
    model.world = { ...model.world, now: clock.now().getTime() };
    const { world } = model;
    const plan = planned[draw.act]?.(planning(world), tenant, draw);
    if (plan) {
      const { field, input, selection, expected } = plan;
      const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
      const mutation = `mutation ($input: ${type}!) { ${field}(input: $input) { ${selection} } }`;
      const answer = await senderOf(tenant, world, plan.by).send<Record<string, Record<string, unknown>>, object>(mutation, { input });
      const outcome = answer.code === 'OK' ? 'PERMITTED' : answer.code;
      this.told = `${field} ${JSON.stringify(input)} by ${plan.by}: ${outcome}`;
      if (!expected.includes(outcome)) throw new Error(`${this.told}, where the model says ${expected.join(' or ')}: ${answer.text}`);
      if (outcome === 'PERMITTED') model.world = plan.apply(answer.data?.[field] ?? {});
      tally.count(draw.act, outcome);
    } else {
      if (draw.act === 'verify') await verify(tenant, view(world), draw);
      tally.count(draw.act, 'DONE');
    }
    await compare(tenant, view(model.world), draw.whom);
  }

  toString(): string {
    return this.told;
  }
}

const stepsOf = (kinds: readonly string[]): fc.Arbitrary<Step> =>
  fc
    .record({
      act: fc.constantFrom(...kinds),
      by: fc.nat({ max: 5_000 }),
      whom: fc.nat({ max: 5_000 }),
      where: fc.nat({ max: 5_000 }),
      what: fc.nat({ max: 5_000 }),
      how: fc.nat({ max: 5_000 }),
      list: permissions,
    })
    .map((draw) => new Step(draw));

/** How a run differs from the usual one. */
export interface Run {
  readonly tally?: Tally;
  readonly view?: View;
  /** The world as what must come of a step is said from it. */
  readonly planning?: View;
  /** The acts that are drawn, each as often as it is named. */
  readonly kinds?: readonly string[];
}

/** The property, over that service: each sequence has a tenant of its own and 20 steps. */
export const liveCap = (service: () => Service, { tally = new Tally(), view = asItIs, planning = asItIs, kinds = acts }: Run = {}) =>
  fc.asyncProperty(fc.array(stepsOf(kinds), { minLength: STEPS, maxLength: STEPS }), async (steps) => {
    await fc.asyncModelRun(async () => {
      const { tenant, world } = await foundLiveTenant(service());
      return { model: { world }, real: { tenant, view, planning, tally } };
    }, steps);
    tally.sequences += 1;
  });

/** Runs so many sequences. Where they are many, each act must have been both permitted and refused: else nothing is shown about it. */
export async function assertLiveCap(service: () => Service, sequences: number): Promise<void> {
  const tally = new Tally();
  await fc.assert(liveCap(service, { tally }), { numRuns: sequences });
  expect(tally).toMatchObject({ sequences, steps: sequences * STEPS });
  const oneSided = changing.filter((act) => tally.of(act, 'PERMITTED') === 0 || tally.refused(act) === 0);
  if (sequences >= 100) expect(oneSided).toEqual([]);
}
