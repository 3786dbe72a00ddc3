import { KeepingStaleFills, LeaseFromTheAnswer, logWith, planted, sharingPastTheLease } from './planting.js';

/**
 * Each rule of the protocol is taken out, and the schedules that hold with it must break the promise without. What it takes long
 * rows of accidents to show is taken out in replica.test.ts and ../contexts/keyContexts.test.ts, step by step.
 */

describe('rule 1: numbers in the order of commits, without gaps', () => {
  planted('numbers are drawn before the row of the sequence is held', { numbersAtOnce: true });
  planted(
    'a gap in what was read is overlooked',
    {
      log: (log) =>
        logWith(log, {
          async read(after) {
            const { changes, head, now } = await log.read(after);
            const present = new Set(changes.map(({ number }) => number));
            const filled = Array.from({ length: head - after }, (_, index) => after + 1 + index)
              .filter((number) => !present.has(number))
              .map((number) => ({ number, subjectId: 'nobody' }));
            return { head, now, changes: [...changes, ...filled].sort((left, right) => left.number - right.number) };
          },
        }),
    },
    { purges: 1, stops: 1 },
  );
});

describe('rule 2: the lease, and what is acknowledged', () => {
  planted('a lease runs from the answer of its read', { lease: (clocks) => new LeaseFromTheAnswer(clocks) }, { slow: 0.6, slowest: 700 });
  planted('what was read is acknowledged before it is applied', {
    log: (log) =>
      logWith(log, {
        async read(after) {
          const reading = await log.read(after);
          await log.acknowledge(reading.head);
          return reading;
        },
      }),
  });
});

describe('rule 3: the last step before a yes', () => {
  planted(
    'a flag is asked instead of the clock',
    {
      reliance: (lease, machine) => {
        let flag = false;
        const look = (): void => {
          flag = lease.holds();
          machine.after(50, look);
        };
        look();
        return { holds: () => flag };
      },
    },
    { stops: 1 },
  );
  planted('what was read before a withdrawal is kept', { contexts: (parts) => new KeepingStaleFills(parts) }, { slow: 0.6 });
  planted('a read past the lease shares what was remembered', { contexts: sharingPastTheLease }, { stops: 1 });
});

describe('rule 4: whoever withdraws waits', () => {
  planted('nobody waits', {
    withdrawals: (real, { contexts }) => ({
      write: (rows, subjects) => real.write(rows, subjects),
      settle: (written) => {
        if (written) contexts.forget(written.subjects);
        return Promise.resolve();
      },
    }),
  });
  planted('only the own memory is waited for', {
    withdrawals: (real, { contexts, replica }) => ({
      write: (rows, subjects) => real.write(rows, subjects),
      async settle(written) {
        if (written) contexts.forget(written.subjects);
        await replica.look().catch(() => undefined);
      },
    }),
  });
  planted(
    'a repetition that finds nothing to do does not wait',
    {
      withdrawals: (real) => ({
        write: (rows, subjects) => real.write(rows, subjects),
        settle: (written) => (written ? real.settle(written) : Promise.resolve()),
      }),
    },
    { slow: 0.6 },
  );
});

describe('rule 6: clocks', () => {
  planted('a key expires by the time of day of the machine', {
    now:
      (_, { wall }) =>
      () =>
        new Date(wall()),
  });
  planted(
    'nobody notices that the monotonic clock stood still',
    { clocks: ({ monotonic }) => ({ monotonic, wall: monotonic }) },
    { sleeps: 1 },
  );
});
