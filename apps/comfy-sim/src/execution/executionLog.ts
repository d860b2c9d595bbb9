import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs';

/** How a run ended. */
export type Outcome = 'success' | 'error' | 'interrupted';

/** One run, for people who test against the simulator; times are ISO 8601. */
export interface Execution {
  readonly prompt_id: string;
  readonly started_at: string;
  /** Null, as the outcome, while it runs. */
  readonly ended_at: string | null;
  /** `lost`: the server's life ended meanwhile. */
  readonly outcome: Outcome | 'lost' | null;
  readonly model_loads: number;
}

type End = Pick<Execution, 'model_loads'> & { readonly outcome: Outcome | 'lost' };

const kept = 100_000;

/** What ran so far, oldest first; unlike the history it outlives a crash, and with a journal a killed process, too. */
export class ExecutionLog {
  private readonly executions: Execution[] = [];

  /** @param journal a file that takes one line of JSON for each beginning and each end */
  constructor(private readonly journal?: string) {
    if (journal === undefined || !existsSync(journal)) return;
    const text = readFileSync(journal, 'utf8');
    // The last line of a killed process may be half a line.
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    truncateSync(journal, Buffer.byteLength(whole));
    const lines = whole.split('\n').filter((line) => line !== '');
    for (const line of lines) this.note(JSON.parse(line) as Execution);
    this.end({ outcome: 'lost', model_loads: 0 });
  }

  list(): readonly Execution[] {
    return [...this.executions];
  }

  begin(prompt_id: string): void {
    const started_at = new Date().toISOString();
    this.write({ prompt_id, started_at, ended_at: null, outcome: null, model_loads: 0 });
  }

  /** Ends the run that began last, if it has not ended yet. */
  end(result: End): void {
    const last = this.executions.at(-1);
    if (last?.ended_at !== null) return;
    this.write({ ...last, ended_at: new Date().toISOString(), ...result });
  }

  private write(execution: Execution): void {
    this.note(execution);
    if (this.journal !== undefined) appendFileSync(this.journal, `${JSON.stringify(execution)}\n`);
  }

  /** One that has ended takes the place of its beginning. */
  private note(execution: Execution): void {
    if (execution.ended_at !== null) this.executions.pop();
    this.executions.push(execution);
    if (this.executions.length > kept) this.executions.shift();
  }
}
