import { AbstractLogger } from 'typeorm';

/** Tells each statement's text, as it is sent, to whoever counts or watches. Parameters stay here: they may be secret. */
export class StatementLog extends AbstractLogger {
  constructor(private readonly tell: (sql: string) => void = () => undefined) {
    super(['query']);
  }

  override logQuery(sql: string): void {
    this.tell(sql);
  }

  protected override writeLog(): void {
    // Everything but the statements themselves is told by whoever sent them.
  }
}
