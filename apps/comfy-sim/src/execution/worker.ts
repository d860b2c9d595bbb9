import type { HistoryEntry } from '../queue/history';
import type { PromptQueue } from '../queue/promptQueue';
import { toTuple, type QueueItem } from '../queue/queueItem';
import type { ExecutionServices } from './executionServices';
import { PromptRun, type Outcome, type RunResult } from './promptRun';

/** One run, for people who test against the simulator; times are ISO 8601. */
export interface Execution {
  readonly prompt_id: string;
  readonly started_at: string;
  /** Null, as the outcome, while it runs. */
  readonly ended_at: string | null;
  readonly outcome: Outcome | null;
  readonly model_loads: number;
}

interface FreeRequest {
  readonly unloadModels: boolean;
  readonly freeMemory: boolean;
}

const nothingToFree: FreeRequest = { unloadModels: false, freeMemory: false };
const executionsKept = 10_000;

/** Takes prompts off the queue, one at a time. */
export class Worker {
  private current: PromptRun | undefined;
  private free = nothingToFree;
  private executions: Execution[] = [];

  constructor(
    private readonly queue: PromptQueue,
    private readonly services: ExecutionServices,
  ) {}

  /** Works until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      for (;;) await this.step(signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  list(): readonly Execution[] {
    return this.executions;
  }

  /** Id of the node this client's prompt is at. */
  currentNodeOf(clientId: string): string | undefined {
    const { current } = this;
    return current?.events.clientId === clientId ? current.currentNode : undefined;
  }

  /** Interrupts the running prompt: any, or only the one with this id. */
  interrupt(promptId?: string): boolean {
    if (promptId !== undefined && this.queue.running?.promptId !== promptId) return false;
    this.current?.interrupt();
    return this.current !== undefined;
  }

  /** Frees memory when the worker is next between two prompts. */
  requestFree({ unloadModels, freeMemory }: FreeRequest): void {
    this.free = {
      unloadModels: this.free.unloadModels || unloadModels,
      freeMemory: this.free.freeMemory || freeMemory,
    };
    this.queue.wake();
  }

  private async step(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const item = this.queue.take();
    if (item) await this.execute(item, signal);
    this.applyFree();
    if (!item) await this.queue.waitForWork(signal);
  }

  private applyFree(): void {
    const { unloadModels, freeMemory } = this.free;
    this.free = nothingToFree;
    if (unloadModels || freeMemory) this.services.models.unloadAll();
    if (freeMemory) this.services.cache.clear();
  }

  private async execute(item: QueueItem, signal: AbortSignal): Promise<void> {
    const run = new PromptRun(item, this.services, signal);
    this.current = run;
    const running = {
      prompt_id: item.promptId,
      started_at: new Date().toISOString(),
      ended_at: null,
      outcome: null,
      model_loads: 0,
    };
    const former = this.executions.slice(-executionsKept);
    this.executions = [...former, running];
    const result = await run.run();
    const ended_at = new Date().toISOString();
    const model_loads = this.services.models.takeLoads();
    this.executions = [...former, { ...running, ended_at, outcome: result.outcome, model_loads }];

    await this.services.wait(this.services.options.historyGapMs, signal);
    this.queue.finish(item, historyEntry(item, result));
    this.current = undefined;
    run.events.finished();
  }
}

function historyEntry(item: QueueItem, result: RunResult): HistoryEntry {
  const completed = result.outcome === 'success';
  const status_str = completed ? 'success' : 'error';
  return {
    prompt: toTuple(item),
    outputs: result.outputs,
    status: { status_str, completed, messages: [...result.messages] },
    meta: result.meta,
  };
}
