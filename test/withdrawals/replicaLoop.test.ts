import { ReplicaLoop } from '../../src/withdrawals/ReplicaLoop.js';
import { replicaOn } from './fakeLog.js';

const away = Object.assign(new Error('connect ETIMEDOUT'), { code: 'ETIMEDOUT' });

/** A loop on a log that fails so often before it answers; each question takes that long. */
function loopOn(failures: number, error: Error, milliseconds: number) {
  const { asked, lease, log, replica, time } = replicaOn();
  let left = failures;
  log.before = (question) => {
    time.pass(milliseconds);
    if (question !== 'leave' && left-- > 0) throw error;
  };
  return { asked, lease, loop: new ReplicaLoop(replica, () => undefined, time.clocks) };
}

describe('joining the others', () => {
  test('is tried again while the database is away for a moment, and keeps looking from then on', async () => {
    const { asked, lease, loop } = loopOn(2, away, 1);
    await loop.join();
    expect(lease.holds()).toBe(true);
    expect(asked().filter((question) => question === 'register')).toHaveLength(3);
    await loop.close();
  });

  test('is given up where the database stays away', async () => {
    const { asked, loop } = loopOn(Infinity, away, 4_000);
    await expect(loop.join()).rejects.toBe(away);
    // At 4, 8 and 12 seconds.
    expect(asked().filter((question) => question === 'register')).toHaveLength(3);
    await loop.close();
  });

  test('is given up at once where the database refuses it', async () => {
    const refused = Object.assign(new Error('no such table'), { code: 'ER_NO_SUCH_TABLE' });
    const { asked, loop } = loopOn(Infinity, refused, 1);
    await expect(loop.join()).rejects.toBe(refused);
    expect(asked().filter((question) => question === 'register')).toHaveLength(1);
    await loop.close();
  });
});
