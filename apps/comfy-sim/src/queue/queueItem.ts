import type { Graph } from '../graph';
import type { JsonObject } from '../json';

export interface QueueItem {
  readonly number: number;
  readonly promptId: string;
  readonly graph: Graph;
  readonly extraData: JsonObject;
  readonly outputs: string[];
}

/** A queue item as the protocol shows it. */
export type QueueTuple = [
  number: number,
  promptId: string,
  graph: Graph,
  extraData: JsonObject,
  outputs: string[],
];

export function toTuple(item: QueueItem): QueueTuple {
  return [item.number, item.promptId, item.graph, item.extraData, item.outputs];
}
