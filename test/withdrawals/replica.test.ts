import { setImmediate as turn } from 'node:timers/promises';
import { replicaOn } from './fakeLog.js';
import { heardInItsSleep, HeardForEver, logWith } from './planting.js';
import { Replica } from '../../src/withdrawals/Replica.js';

describe('a replica', () => {
  test('registers, reads, and only then remembers; what it has read it applies before it says so', async () => {
    const { asked, lease, log, replica, time } = replicaOn();
    log.append('usr_a');
    await replica.look();
    expect(asked()).toEqual(['forgetAll', 'register', 'read', 'forgetAll', 'acknowledge 1']);
    expect([lease.holds(), log.row]).toEqual([true, 1]);
    time.pass(50);
    log.append('usr_a', 'key_b');
    log.append('org_a');
    await replica.look();
    expect(asked()).toEqual(['read', 'forget usr_a key_b org_a', 'acknowledge 3']);
    time.pass(50);
    await replica.look();
    // No news: the registry hears of it once a second.
    expect(asked()).toEqual(['read']);
    time.pass(1_000);
    await replica.look();
    expect(asked()).toEqual(['read', 'acknowledge 3']);
  });

  /** What was asked until the registry has answered, of a replica that waits for it or does not. */
  async function askedBeforeRegistered(waits: boolean): Promise<readonly string[]> {
    const registered = Promise.withResolvers<null>();
    const { asked, replica } = replicaOn((parts) => {
      const register = () => registered.promise.then(() => parts.log.register());
      return new Replica({ ...parts, log: logWith(parts.log, { register: waits ? register : () => void register() as never }) });
    });
    const looked = replica.look();
    for (let n = 0; n < 10; n += 1) await turn();
    const before = asked();
    registered.resolve(null);
    await looked;
    return before;
  }

  test('reads nothing before it is registered: until then nobody waits for it', async () => {
    expect(await askedBeforeRegistered(true)).toEqual(['forgetAll']);
  });

  test('that does not wait for the registry is found out', async () => {
    expect(await askedBeforeRegistered(false)).toContain('read');
  });

  test('has a lease from before its read was sent, for half a second', async () => {
    const { lease, log, replica, time } = replicaOn();
    log.before = (question) => (question === 'read' ? time.pass(300) : undefined);
    await replica.look();
    expect(lease.age()).toBe(300);
    time.pass(199.9);
    expect(lease.holds()).toBe(true);
    time.pass(0.1);
    expect(lease.holds()).toBe(false);
  });

  test.each<[string, (log: ReturnType<typeof replicaOn>['log']) => void]>([
    ['lines are purged that it had not read', (log) => void log.lines.shift()],
    ['lines are missing at the end, since they are too many', (log) => void log.lines.pop()],
    ['the log is another than it was, restored from a backup', (log) => void ((log.top = 0), (log.lines = []))],
  ])('forgets everything where %s', async (_name, happens) => {
    const { asked, log, replica } = replicaOn();
    log.append('usr_a');
    await replica.look();
    asked();
    for (const subject of ['usr_b', 'usr_c', 'usr_d']) log.append(subject);
    log.lines = log.lines.filter(({ number }) => number > 1);
    happens(log);
    await replica.look();
    expect(asked()).toEqual(['read', 'forgetAll', `acknowledge ${log.top}`]);
  });

  test('that is not in the registry any more forgets everything at once, and registers before it reads again', async () => {
    const { asked, lease, log, replica } = replicaOn();
    await replica.look();
    asked();
    log.row = null;
    log.append('usr_a');
    await replica.look();
    expect(asked()).toEqual(['read', 'forget usr_a', 'acknowledge 1', 'forgetAll']);
    expect([lease.holds(), replica.appliedUpTo]).toEqual([false, -1]);
    await replica.look();
    expect(asked()).toEqual(['forgetAll', 'register', 'read', 'forgetAll', 'acknowledge 1']);
    expect(lease.holds()).toBe(true);
  });

  test('that overlooks so goes on as if writers waited for it: then the test above fails', async () => {
    const { lease, log, replica } = replicaOn(
      (parts) =>
        new Replica({
          ...parts,
          log: logWith(parts.log, { acknowledge: async (number) => (await parts.log.acknowledge(number)) || true }),
        }),
    );
    await replica.look();
    log.row = null;
    log.append('usr_a');
    await replica.look();
    expect([lease.holds(), log.row]).toEqual([true, null]);
  });

  /** Reads that are answered, while no word to the registry comes through. */
  async function unheard(make?: Parameters<typeof replicaOn>[0]): Promise<boolean> {
    const { lease, log, replica, time } = replicaOn(make);
    await replica.look();
    log.before = (question) => {
      if (question.startsWith('acknowledge')) throw new Error('no answer in time');
    };
    for (let passed = 0; passed <= 5_000; passed += 250) {
      time.pass(250);
      await replica.look().catch(() => undefined);
    }
    return lease.holds();
  }

  test('begins no lease once it was not heard of for half of what takes it out of the registry: where it does, this fails', async () => {
    expect(await unheard()).toBe(false);
    expect(await unheard((parts) => new HeardForEver(parts))).toBe(true);
  });

  /** The machine sleeps for longer than the registry waits, and wakes up in the middle of reading. */
  async function slept(make?: Parameters<typeof replicaOn>[0]) {
    const { lease, log, replica, time } = replicaOn(make);
    await replica.look();
    time.sleep(20_000);
    time.pass(50);
    const afterSleep = lease.holds();
    log.row = null;
    let whileTelling = false;
    log.before = (question) => {
      if (question.startsWith('acknowledge')) whileTelling = lease.holds();
    };
    log.append('usr_a');
    await replica.look();
    return { afterSleep, whileTelling };
  }

  test('begins no lease after a sleep before the registry has heard of it: where it does, this fails', async () => {
    expect(await slept()).toEqual({ afterSleep: false, whileTelling: false });
    expect(await slept(heardInItsSleep)).toEqual({ afterSleep: false, whileTelling: true });
  });

  test('tells the registry at once after a sleep or a change of the time of day, and then has a lease again', async () => {
    const { asked, lease, replica, time } = replicaOn();
    await replica.look();
    asked();
    time.sleep(-86_400_000);
    expect(lease.holds()).toBe(false);
    await replica.look();
    expect(asked()).toEqual(['read', 'acknowledge 0']);
    time.pass(50);
    await replica.look();
    expect(lease.holds()).toBe(true);
  });

  test('takes a new turn for whoever asks while one is under way, one for all of them', async () => {
    const { asked, log, replica } = replicaOn();
    await replica.look();
    asked();
    let go = (): void => undefined;
    log.before = (question) => (question === 'read' ? new Promise<void>((resolve) => (go = resolve)) : undefined);
    const running = replica.look();
    await turn();
    log.append('usr_a');
    const waiting = [replica.look(), replica.look(), replica.look()];
    await turn();
    expect(asked()).toEqual(['read']);
    log.before = () => undefined;
    go();
    await running;
    expect(replica.appliedUpTo).toBe(0);
    await Promise.all(waiting);
    expect(asked()).toEqual(['read', 'forget usr_a', 'acknowledge 1']);
  });

  test('looks again after a look that failed, and nobody waits for the failed one for ever', async () => {
    const { log, replica } = replicaOn();
    log.before = () => Promise.reject(new Error('the database is away'));
    const looks = [replica.look(), replica.look()];
    expect((await Promise.allSettled(looks)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    log.before = () => undefined;
    await replica.look();
    expect(log.row).toBe(0);
  });

  test('that is closed has no lease, is out of the registry, and does nothing more', async () => {
    const { asked, lease, log, replica } = replicaOn();
    await replica.look();
    asked();
    await Promise.all([replica.close(), replica.look()]);
    await replica.look();
    expect([asked(), lease.holds(), log.row]).toEqual([['leave'], false, null]);
  });
});
