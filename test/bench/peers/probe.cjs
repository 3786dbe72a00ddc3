'use strict';
/**
 * Preloaded into every server that is measured, ours and theirs alike: tells what it cost its process to answer, and how
 * long each answer took from the moment when the headers of its request were parsed until all of it was handed to the socket.
 * It listens to what Node itself tells of its HTTP server; the program knows nothing of it.
 */
const { subscribe, unsubscribe } = require('node:diagnostics_channel');
const { createHistogram } = require('node:perf_hooks');

const began = Symbol('began');
const taken = createHistogram({ lowest: 1, highest: 60_000_000_000, figures: 3 });
const START = 'http.server.request.start';
const FINISH = 'http.server.response.finish';

const onStart = ({ response }) => {
  response[began] = process.hrtime.bigint();
};
const onFinish = ({ response }) => {
  if (response[began] !== undefined) taken.record(process.hrtime.bigint() - response[began]);
};

let before = process.cpuUsage();
let beforeThread = process.threadCpuUsage();
let timing = false;

// Whoever measures has gone.
process.on('disconnect', () => process.exit());
process.on('message', ({ probe, latency, collect }) => {
  if (probe === 'begin') {
    taken.reset();
    if (latency && !timing) {
      timing = true;
      subscribe(START, onStart);
      subscribe(FINISH, onFinish);
    }
    before = process.cpuUsage();
    beforeThread = process.threadCpuUsage();
  }
  if (probe === 'end') {
    const { user, system } = process.cpuUsage(before);
    const thread = process.threadCpuUsage(beforeThread);
    if (collect && globalThis.gc) for (let turn = 0; turn < 4; turn += 1) globalThis.gc();
    process.send({
      told: {
        cpuMicroseconds: user + system,
        threadMicroseconds: thread.user + thread.system,
        heapUsed: process.memoryUsage().heapUsed,
        requests: taken.count,
        p50: taken.percentile(50) / 1_000,
        p99: taken.percentile(99) / 1_000,
        p999: taken.percentile(99.9) / 1_000,
        longest: taken.max / 1_000,
      },
    });
    if (timing) {
      timing = false;
      unsubscribe(START, onStart);
      unsubscribe(FINISH, onFinish);
    }
  }
});
