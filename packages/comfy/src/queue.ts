import { z } from 'zod';
import type { Http } from './http';

/**
 * Whose a prompt is: put into `extra_data.avatarforge` when it is submitted. `attempt` is the id that it
 * is submitted under: some versions of ComfyUI know it by that alone.
 */
export const AttemptTag = z.object({ deployment: z.string(), attempt: z.string() });
export type AttemptTag = z.infer<typeof AttemptTag>;

export interface QueueItem {
  promptId: string;
  /** Its place: the lowest runs first. */
  number: number;
  clientId: string | null;
  /** Null when nobody of ours submitted it. */
  tag: AttemptTag | null;
}

/** What ComfyUI runs and will run, each in the order of running. */
export interface ComfyQueue {
  running: QueueItem[];
  pending: QueueItem[];
}

/** What came with a graph, as queue and history hold it: others may put anything there. */
export const ExtraData = z
  .object({
    client_id: z.string().nullable().catch(null),
    avatarforge: AttemptTag.nullable().catch(null),
  })
  .catch({ client_id: null, avatarforge: null });
const Item = z
  .tuple([z.number().catch(0), z.string(), z.unknown(), ExtraData])
  .rest(z.unknown())
  .transform(([number, promptId, , extra]): QueueItem => ({
    promptId,
    number,
    clientId: extra.client_id,
    tag: extra.avatarforge,
  }));
const Queue = z.object({ queue_running: z.array(Item), queue_pending: z.array(Item) });

/** The whole queue, without the graphs. */
export async function readQueue(http: Http, signal: AbortSignal): Promise<ComfyQueue> {
  const queue = await http.json({ path: '/api/queue' }, Queue, signal);
  return {
    running: queue.queue_running.toSorted(byTurn),
    pending: queue.queue_pending.toSorted(byTurn),
  };
}

function byTurn(a: QueueItem, b: QueueItem): number {
  return a.number - b.number || (a.promptId < b.promptId ? -1 : 1);
}

const QueueLength = z.object({ exec_info: z.object({ queue_remaining: z.number() }) });

/** How many prompts run or wait. The cheapest request there is. */
export async function readQueueLength(http: Http, signal: AbortSignal): Promise<number> {
  const { exec_info } = await http.json({ path: '/api/prompt' }, QueueLength, signal);
  return exec_info.queue_remaining;
}

/** Takes a waiting prompt out; answered alike when it runs or is unknown, so look afterwards. */
export async function deleteQueued(
  http: Http,
  promptId: string,
  signal: AbortSignal,
): Promise<void> {
  const body = { delete: [promptId] };
  await http.command({ method: 'POST', path: '/api/queue', body }, signal);
}

/** Makes ComfyUI forget a finished prompt. Its files stay. */
export async function deleteHistory(
  http: Http,
  promptId: string,
  signal: AbortSignal,
): Promise<void> {
  const body = { delete: [promptId] };
  await http.command({ method: 'POST', path: '/api/history', body }, signal);
}

/** Asks ComfyUI to unload its models and drop its cache, once it is idle or between prompts. */
export async function freeMemory(http: Http, signal: AbortSignal): Promise<void> {
  const body = { unload_models: true, free_memory: true };
  await http.command({ method: 'POST', path: '/api/free', body }, signal);
}
