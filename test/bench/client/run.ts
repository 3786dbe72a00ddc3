import { Connection } from './Connection.js';
import type { Load, Plan } from './plan.js';

/** The client, a process of its own: is sent a plan, tells when measuring begins, and what was measured. */

const tell = (message: object): void => void process.send?.(message);

process.once('message', (plan: Plan) => {
  const { connections: count, expected, measureMs, port, rate } = plan;
  const requests = plan.requests.map((text) => Buffer.from(text, 'latin1'));
  const piece = Buffer.from(expected);
  const fail = (error: Error): void => {
    tell({ failed: error.message });
    process.exit(1);
  };

  let next = 0;
  let answers = 0;
  /** Requests whose time has come and that no connection is free for. */
  let late = 0;
  const sendNext = (connection: Connection): void => {
    connection.send(requests[next % requests.length] as Buffer);
    next += 1;
  };
  const answered = (connection: Connection): void => {
    answers += 1;
    if (rate === undefined) sendNext(connection);
    else if (late > 0) {
      late -= 1;
      sendNext(connection);
    }
  };
  const connections = Array.from({ length: count }, () => new Connection(port, piece, answered, fail));

  if (rate === undefined) {
    connections.forEach(sendNext);
    stayAwake();
  } else
    keepPace(rate, () => {
      const free = connections.find(({ idle }) => idle);
      if (free) sendNext(free);
      else late += 1;
    });

  whenWarm(
    plan,
    () => answers,
    () => {
      tell({ began: true });
      const [before, start] = [answers, performance.now()];
      setTimeout(() => {
        const measured: Load = { answers: answers - before, seconds: (performance.now() - start) / 1_000 };
        tell({ measured });
        setTimeout(() => process.exit(0), 50);
      }, measureMs);
    },
  );
});

const LOOK_MS = 20;
const MOST_TIMES_AS_LONG = 10;

/** Calls once the server is warm: code that runs often is compiled again and again until it is as fast as it will be. */
function whenWarm({ warmMs, warmAnswers }: Plan, answers: () => number, then: () => void): void {
  const start = performance.now();
  const timer = setInterval(() => {
    const taken = performance.now() - start;
    if (taken < warmMs || (answers() < warmAnswers && taken < MOST_TIMES_AS_LONG * warmMs)) return;
    clearInterval(timer);
    then();
  }, LOOK_MS);
}

/**
 * Looks for answers without a pause. A client that sleeps is woken by whoever answers it, on the server's time: the slower the
 * server, the more often.
 */
function stayAwake(): void {
  setImmediate(stayAwake);
}

/** Calls at random instants, so many a second on the average, as requests come from many who do not know of each other. */
function keepPace(rate: number, send: () => void): void {
  const gap = (): number => (-Math.log(1 - Math.random()) * 1_000) / rate;
  let due = performance.now() + gap();
  const turn = (): void => {
    for (const now = performance.now(); due <= now; due += gap()) send();
    setImmediate(turn);
  };
  turn();
}
