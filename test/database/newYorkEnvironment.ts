// No `.js`: Jest loads an environment with plain `require`, where the resolver of the tests does not apply.
import PlainEnvironment from '../support/environment';

/** Runs a test file as a process in New York would: the service must not care, and a test that is run in UTC cannot tell. */
export default class NewYorkEnvironment extends PlainEnvironment {
  private readonly zone = process.env['TZ'];

  override async setup(): Promise<void> {
    process.env['TZ'] = 'America/New_York';
    await super.setup();
  }

  override async teardown(): Promise<void> {
    await super.teardown();
    if (this.zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = this.zone;
  }
}
