// Loaded into a service before anything else: its time of day is another, and its monotonic clock is what it was.
const DAY_MS = 86_400_000;
const True = Date;
let ahead = Number(process.env.TEST_DAYS_AHEAD) * DAY_MS;

globalThis.Date = class Date extends True {
  constructor(...given) {
    if (given.length === 0) super(True.now() + ahead);
    else super(...given);
  }
  static now() {
    return True.now() + ahead;
  }
};
// Somebody sets it, the other way.
process.on('SIGUSR2', () => {
  ahead = -ahead;
});
