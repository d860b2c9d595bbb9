import { z } from 'zod';
import { readAnswer, type Http } from './http';
import { parseJsonOrNull } from './json';
import { readQueue } from './queue';
import { Ending, judge, type Verdict } from './verdict';

/** Where a prompt is. `absent`: ComfyUI does not know it, now; it may still be on its way there. */
export type Look =
  { state: 'pending' | 'running' | 'absent' } | { state: 'finished'; verdict: Verdict };

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
export async function look(http: Http, promptId: string, signal: AbortSignal): Promise<Look> {
  const request = { path: `/api/jobs/${encodeURIComponent(promptId)}` };
  const answer = await http.send(request, signal);
  const isNotFound =
    answer.status === 404 && JobNotFound.safeParse(parseJsonOrNull(answer.text)).success;
  if (isNotFound) return { state: 'absent' };
  if (answer.status === 404 || answer.status === 500) {
    return lookInQueueAndHistory(http, promptId, signal);
  }
  const job = readAnswer(request, answer, Job);
  if ('ending' in job) return { state: 'finished', verdict: judge(job.ending) };
  return { state: job.status === 'pending' ? 'pending' : 'running' };
}

const History = z.record(z.string(), Ending);

async function lookInQueueAndHistory(
  http: Http,
  promptId: string,
  signal: AbortSignal,
): Promise<Look> {
  const isOurs = (item: { promptId: string }) => item.promptId === promptId;
  const { running, pending } = await readQueue(http, signal);
  if (running.some(isOurs)) return { state: 'running' };
  if (pending.some(isOurs)) return { state: 'pending' };
  const path = `/api/history/${encodeURIComponent(promptId)}`;
  const entry = (await http.json({ path }, History, signal))[promptId];
  return entry ? { state: 'finished', verdict: judge(entry) } : { state: 'absent' };
}
