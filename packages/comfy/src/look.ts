import { z } from 'zod';
import { encodePart, readAnswer, type Http } from './http';
import { parseJsonOrNull } from './json';
import { ExtraData, readQueue, type QueueItem } from './queue';
import type { Server } from './server';
import { Ending, judge, type Verdict } from './verdict';

/**
 * Where a prompt is. `absent`: ComfyUI does not know it, now; it may still be on its way there.
 * `promptId` is ComfyUI's own id of it, where that is another one: see `Submission`.
 */
export type Look =
  | { state: 'pending' | 'running'; promptId: string }
  | { state: 'finished'; promptId: string; verdict: Verdict }
  | { state: 'absent' };

const Job = z.union([
  z.object({ status: z.enum(['pending', 'in_progress']) }),
  z
    .object({
      status: z.enum(['completed', 'failed', 'cancelled']),
      outputs: Ending.shape.outputs,
      execution_status: Ending.shape.status,
    })
    .transform(({ outputs, execution_status: status }) => ({ ending: { outputs, status } })),
]);
const JobNotFound = z.object({ error: z.literal('Job not found') });

/**
 * Finds the prompt by `/api/jobs/{id}`: one request in which the server itself reads queue before
 * history, so a prompt that ends meanwhile is not missed, and other people's graphs stay there.
 * When that route is missing or broken (one entry can poison it), reads queue, then history.
 */
export async function look(server: Server, promptId: string, signal: AbortSignal): Promise<Look> {
  const { http, capabilities } = server;
  const { keepsPromptId, hasJobs } = capabilities;
  if (!keepsPromptId) return lookByTag(http, promptId, signal);
  return (
    (hasJobs ? await lookInJobs(http, promptId, signal) : null) ??
    lookInQueueAndHistory(http, promptId, signal)
  );
}

async function lookInJobs(http: Http, promptId: string, signal: AbortSignal): Promise<Look | null> {
  const request = { path: `/api/jobs/${encodePart(promptId)}` };
  const answer = await http.send(request, signal);
  const isNotFound =
    answer.status === 404 && JobNotFound.safeParse(parseJsonOrNull(answer.text)).success;
  if (isNotFound) return { state: 'absent' };
  if (answer.status === 404 || answer.status === 500) return null;
  const job = readAnswer(request, answer, Job);
  if ('ending' in job) return { state: 'finished', promptId, verdict: judge(job.ending) };
  return { state: job.status === 'pending' ? 'pending' : 'running', promptId };
}

async function lookInQueueAndHistory(
  http: Http,
  promptId: string,
  signal: AbortSignal,
): Promise<Look> {
  const queued = await lookInQueue(http, (item) => item.promptId === promptId, signal);
  if (queued) return queued;
  const path = `/api/history/${encodePart(promptId)}`;
  const entry = (await http.json({ path }, z.record(z.string(), Ending), signal))[promptId];
  return entry ? { state: 'finished', promptId, verdict: judge(entry) } : { state: 'absent' };
}

async function lookInQueue(
  http: Http,
  isIt: (item: QueueItem) => boolean,
  signal: AbortSignal,
): Promise<Look | null> {
  const { running, pending } = await readQueue(http, signal);
  const runs = running.find(isIt);
  if (runs) return { state: 'running', promptId: runs.promptId };
  const waits = pending.find(isIt);
  return waits ? { state: 'pending', promptId: waits.promptId } : null;
}

/** How far back a prompt is looked for in a history that has no entry of its id: entries hold whole graphs. */
const RECENT = 100;
const TaggedEntry = Ending.extend({
  prompt: z.tuple([z.unknown(), z.string(), z.unknown(), ExtraData]).rest(z.unknown()),
});

/** For a ComfyUI that makes ids of its own: ours is found by what was put into its extra data. */
async function lookByTag(http: Http, attempt: string, signal: AbortSignal): Promise<Look> {
  const isIt = ({ promptId, tag }: Pick<QueueItem, 'promptId' | 'tag'>) =>
    tag?.attempt === attempt || promptId === attempt;
  const queued = await lookInQueue(http, isIt, signal);
  if (queued) return queued;
  const path = `/api/history?max_items=${RECENT}`;
  const history = await http.json({ path }, z.record(z.string(), z.unknown()), signal);
  for (const value of Object.values(history).reverse()) {
    const entry = TaggedEntry.safeParse(value).data;
    if (!entry) continue;
    const [, promptId, , extra] = entry.prompt;
    if (isIt({ promptId, tag: extra.avatarforge })) {
      return { state: 'finished', promptId, verdict: judge(entry) };
    }
  }
  return { state: 'absent' };
}
