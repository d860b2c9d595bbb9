import type { Graph } from '../graph';
import type { JsonObject } from '../json';

export interface QueueItem {
  readonly number: number;
  readonly promptId: string;
  readonly graph: Graph;
  readonly extraData: JsonObject;
  readonly outputs: string[];
}

/** Who submitted it, if they said so. */
export function clientOf(extraData: JsonObject): string | undefined {
  const id = extraData['client_id'];
  return typeof id === 'string' ? id : undefined;
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

const secrets = ['auth_token_comfy_org', 'api_key_comfy_org'];

/** `extra_data` without the keys of partner services. */
export function withoutSecrets(extraData: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(extraData).filter(([key]) => !secrets.includes(key)));
}
