import type { Chance } from './Chance.js';

/** How bad it gets in a schedule. Each is a probability, for each message or for each thing that may befall somebody. */
export interface Weather {
  /** A message takes up to so long. */
  readonly slowest: number;
  readonly slow: number;
  /** It is lost on its way, or its answer on the way back, or it is carried out after its sender has given up. */
  readonly lost: number;
  readonly answerLost: number;
  readonly late: number;
  /** What befalls a process while the schedule lasts. */
  readonly stops: number;
  readonly sleeps: number;
  readonly crashes: number;
  readonly cutOffs: number;
  readonly wallSteps: number;
  /** How long it is away then. */
  readonly longest: number;
  /** The database: it stands still, its clock is set, its log is purged. */
  readonly stalls: number;
  readonly clockSteps: number;
  readonly purges: number;
}

export const calm: Weather = {
  ...{ slowest: 4, slow: 0, lost: 0, answerLost: 0, late: 0 },
  ...{ stops: 0, sleeps: 0, crashes: 0, cutOffs: 0, wallSteps: 0, longest: 1_500 },
  ...{ stalls: 0, clockSteps: 0, purges: 0 },
};

/** Each kind of trouble in a part of the schedules, so that they come alone and together. */
export function weatherOf(chance: Chance): Weather {
  const sometimes = (probability: number, most: number): number => (chance.happens(probability) ? chance.between(0, most) : 0);
  return {
    slowest: chance.pick([40, 200, 700]),
    slow: sometimes(0.6, 0.4),
    lost: sometimes(0.3, 0.2),
    answerLost: sometimes(0.3, 0.2),
    late: sometimes(0.3, 0.15),
    stops: sometimes(0.4, 1),
    sleeps: sometimes(0.3, 1),
    crashes: sometimes(0.2, 0.7),
    cutOffs: sometimes(0.3, 1),
    wallSteps: sometimes(0.3, 1),
    longest: chance.happens(0.05) ? 13_000 : 1_000,
    stalls: sometimes(0.2, 0.6),
    clockSteps: sometimes(0.2, 0.6),
    purges: sometimes(0.3, 1),
  };
}
