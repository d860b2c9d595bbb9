import type { Json, JsonObject } from '../json';
import type { QueueTuple } from './queueItem';

export type StatusMessage = [event: string, data: JsonObject & { timestamp: number }];

/** What one node showed: an object of lists, e.g. `{images: [...]}`; texts are bare strings. */
export type NodeOutput = Record<string, Json[]>;

export interface NodeMeta {
  node_id: string;
  display_node: string;
  parent_node: string | null;
  real_node_id: string;
}

/** One entry of `GET /history`. */
export interface HistoryEntry {
  prompt: QueueTuple;
  outputs: Record<string, NodeOutput>;
  status: { status_str: 'success' | 'error'; completed: boolean; messages: StatusMessage[] };
  meta: Record<string, NodeMeta>;
}

const capacity = 10_000;

/** Finished prompts, oldest first; the oldest is dropped when the capacity is passed. */
export class History {
  private readonly entries = new Map<string, HistoryEntry>();

  add(promptId: string, entry: HistoryEntry): void {
    if (this.entries.size > capacity) {
      const [oldest] = this.entries.keys();
      if (oldest !== undefined) this.entries.delete(oldest);
    }
    this.entries.set(promptId, entry);
  }

  get(promptId: string): HistoryEntry | undefined {
    return this.entries.get(promptId);
  }

  all(): [promptId: string, entry: HistoryEntry][] {
    return [...this.entries];
  }

  /** `maxItems` alone means the newest ones; a non-negative `offset` counts from the oldest. */
  page(maxItems: number | undefined, offset: number): Record<string, HistoryEntry> {
    const isTail = offset < 0 && maxItems !== undefined;
    const start = Math.max(0, isTail ? this.entries.size - maxItems : offset);
    const end = maxItems === undefined ? undefined : start + Math.max(1, maxItems);
    return Object.fromEntries([...this.entries].slice(start, end));
  }

  delete(promptId: string): void {
    this.entries.delete(promptId);
  }

  clear(): void {
    this.entries.clear();
  }
}
