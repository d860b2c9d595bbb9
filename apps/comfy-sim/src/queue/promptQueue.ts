import { EventEmitter, once } from 'node:events';
import { History, type HistoryEntry } from './history';
import { PriorityHeap } from './priorityHeap';
import type { QueueItem } from './queueItem';

function isBefore(a: QueueItem, b: QueueItem): boolean {
  return a.number === b.number ? a.promptId < b.promptId : a.number < b.number;
}

/** Prompts that wait, the one that runs, and the history. Every change is announced. */
export class PromptQueue {
  readonly history = new History();
  running: QueueItem | undefined;
  private readonly heap = new PriorityHeap(isBefore);
  private readonly events = new EventEmitter();

  constructor(private readonly onChange: () => void) {}

  get pending(): readonly QueueItem[] {
    return this.heap.items;
  }

  get remaining(): number {
    return this.heap.items.length + (this.running ? 1 : 0);
  }

  /**
   * Lets a prompt wait for its turn. Throws TypeError when one with the same number and id waits
   * already, and yet adds it: Python then compares the graphs, and cannot.
   */
  put(item: QueueItem): void {
    const hasTwin = this.pending.some(
      ({ number, promptId }) => number === item.number && promptId === item.promptId,
    );
    this.heap.push(item);
    if (hasTwin) throw new TypeError("'<' not supported between instances of 'dict' and 'dict'");
    this.onChange();
    this.wake();
  }

  /** Takes the next prompt and counts it as running; undefined when none waits. */
  take(): QueueItem | undefined {
    const item = this.heap.pop();
    if (!item) return undefined;
    this.running = item;
    this.onChange();
    return item;
  }

  finish(item: QueueItem, entry: HistoryEntry): void {
    this.running = undefined;
    this.history.add(item.promptId, entry);
    this.onChange();
  }

  /** Forgets a waiting prompt without a trace. Taking out the last one announces twice, as ComfyUI does. */
  delete(promptId: string): boolean {
    const isLast = this.heap.items.length === 1;
    if (!this.heap.remove((item) => item.promptId === promptId)) return false;
    if (isLast) this.onChange();
    this.onChange();
    return true;
  }

  clear(): void {
    this.heap.items = [];
    this.onChange();
  }

  /** Lets a waiting worker look again. */
  wake(): void {
    this.events.emit('wake');
  }

  /** Resolves at the next wake-up; rejects when the signal aborts. */
  async waitForWork(signal: AbortSignal): Promise<void> {
    await once(this.events, 'wake', { signal });
  }
}
