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

const kept = 10_000;

/** What ran so far, oldest first; unlike the history it outlives a crash. */
export class ExecutionLog {
  private executions: Execution[] = [];

  list(): readonly Execution[] {
    return this.executions;
  }

  begin(prompt_id: string): void {
    const started_at = new Date().toISOString();
    const running = { prompt_id, started_at, ended_at: null, outcome: null, model_loads: 0 };
    this.executions = [...this.executions.slice(-kept), running];
  }

  /** Ends the run that began last, if it has not ended yet. */
  end(result: End): void {
    const last = this.executions.at(-1);
    if (last?.ended_at !== null) return;
    const ended_at = new Date().toISOString();
    this.executions = [...this.executions.slice(0, -1), { ...last, ended_at, ...result }];
  }
}
