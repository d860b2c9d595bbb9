import type { HistoryEntry } from '../queue/history';
import type { PromptQueue } from '../queue/promptQueue';
import { toTuple, withoutSecrets, type QueueItem } from '../queue/queueItem';
import type { ExecutionServices } from './executionServices';
import { PromptRun, type RunResult } from './promptRun';
import { WorkerDeath } from './workerDeath';

interface FreeRequest {
  readonly unloadModels: boolean;
  readonly freeMemory: boolean;
}

const nothingToFree: FreeRequest = { unloadModels: false, freeMemory: false };

/** Takes prompts off the queue, one at a time. */
export class Worker {
  private current: PromptRun | undefined;
  private free = nothingToFree;

  constructor(
    private readonly queue: PromptQueue,
    private readonly services: ExecutionServices,
  ) {}

  /** Works until the signal aborts, or until it dies of a prompt: then nothing runs any more. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      for (;;) await this.step(signal);
    } catch (error) {
      if (!signal.aborted && !(error instanceof WorkerDeath)) throw error;
    }
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
    await this.services.faults.at('worker.idle', {});
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
    const { executions, faults, models, options } = this.services;
    executions.begin(item.promptId);
    const result = await run.run();
    executions.end({ outcome: result.outcome, model_loads: models.takeLoads() });

    await this.services.clock.wait(options.historyGapMs, signal);
    await faults.at('history.write', run.scene);
    this.queue.finish(
      item,
      faults.alter('history.write', run.scene, this.historyEntry(item, result)),
    );
    await faults.at('history.written', run.scene);
    this.current = undefined;
    run.events.finished();
  }

  private historyEntry(item: QueueItem, result: RunResult): HistoryEntry {
    const completed = result.outcome === 'success';
    const status_str = completed ? 'success' : 'error';
    const extraData =
      this.services.profile.submission.secrets === 'stay'
        ? item.extraData
        : withoutSecrets(item.extraData);
    return {
      prompt: toTuple({ ...item, extraData }),
      outputs: result.outputs,
      status: { status_str, completed, messages: [...result.messages] },
      meta: result.meta,
    };
  }
}
