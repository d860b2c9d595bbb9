import { isObject, type JsonObject } from '../json';
import type { HistoryEntry } from './history';
import { summariseOutputs } from './outputSummary';
import type { PromptQueue } from './promptQueue';
import { toTuple, type QueueItem } from './queueItem';

export const jobStatuses = ['pending', 'in_progress', 'completed', 'failed', 'cancelled'] as const;
export type JobStatus = (typeof jobStatuses)[number];

/** A prompt as `GET /api/jobs` shows it; fields without a value are left out. */
export interface Job {
  id: string;
  status: JobStatus;
  create_time?: number;
  execution_start_time?: number;
  execution_end_time?: number;
  workflow_id?: string;
  [field: string]: unknown;
}

export interface JobFilter {
  readonly statuses: readonly JobStatus[];
  readonly workflowId: string | undefined;
  readonly sortBy: 'created_at' | 'execution_duration';
  readonly isAscending: boolean;
}

export interface JobRules {
  /** Whether a job tells how many of its outputs can be previewed. */
  readonly countsPreviewable: boolean;
}

/** Every known prompt that passes the filter, sorted. */
export function listJobs(queue: PromptQueue, filter: JobFilter, rules: JobRules): Job[] {
  const running = queue.running ? [waitingJob(queue.running, 'in_progress')] : [];
  const pending = queue.pending.map((item) => waitingJob(item, 'pending'));
  const finished = queue.history.all().map(([, entry]) => finishedJob(entry));
  const jobs = [...running, ...pending, ...finished].filter(
    (job) =>
      filter.statuses.includes(job.status) &&
      (filter.workflowId === undefined || job.workflow_id === filter.workflowId),
  );
  const key = filter.sortBy === 'created_at' ? createTime : duration;
  const sign = filter.isAscending ? 1 : -1;
  return jobs.sort((a, b) => sign * (key(a) - key(b))).map((job) => asTold(job, rules));
}

/** One prompt with its graph and, when it is finished, its outputs. */
export function findJob(queue: PromptQueue, id: string, rules: JobRules): Job | undefined {
  const job = describeJob(queue, id);
  return job && asTold(job, rules);
}

function describeJob(queue: PromptQueue, id: string): Job | undefined {
  const entry = queue.history.get(id);
  if (entry) {
    const workflow = workflowOf(entry.prompt[2], entry.prompt[3]);
    const details = { outputs: entry.outputs, execution_status: entry.status, workflow };
    return { ...finishedJob(entry), ...details };
  }
  const isRunning = queue.running?.promptId === id;
  const item = isRunning ? queue.running : queue.pending.find(({ promptId }) => promptId === id);
  if (!item) return undefined;
  const job = waitingJob(item, isRunning ? 'in_progress' : 'pending');
  return { ...job, workflow: workflowOf(item.graph, item.extraData) };
}

function asTold({ previewable_outputs_count, ...job }: Job, rules: JobRules): Job {
  return rules.countsPreviewable ? { ...job, previewable_outputs_count } : job;
}

const createTime = (job: Job) => job.create_time ?? 0;
const duration = (job: Job) =>
  job.execution_end_time && job.execution_start_time
    ? job.execution_end_time - job.execution_start_time
    : 0;

function workflowOf(prompt: unknown, extra_data: JsonObject) {
  return { prompt, extra_data };
}

function waitingJob(item: QueueItem, status: JobStatus): Job {
  const [priority, id, , extraData] = toTuple(item);
  const counts = { outputs_count: 0, previewable_outputs_count: 0 };
  return { id, status, priority, ...metadata(extraData), ...counts };
}

function finishedJob(entry: HistoryEntry): Job {
  const [priority, id, , extraData] = entry.prompt;
  const find = (event: string) => entry.status.messages.find(([name]) => name === event)?.[1];
  const error = find('execution_error');
  const interruption = find('execution_interrupted');
  const end = find('execution_success') ?? error ?? interruption;
  const failed = interruption ? 'cancelled' : 'failed';
  return dropAbsent({
    id,
    status: entry.status.status_str === 'success' ? 'completed' : failed,
    priority,
    ...metadata(extraData),
    execution_start_time: find('execution_start')?.timestamp,
    execution_end_time: end?.timestamp,
    execution_error: error,
    ...summariseOutputs(entry.outputs),
  });
}

// A null workflow makes the server answer 500 for the whole list; so it throws here as well.
function metadata(extraData: JsonObject): { create_time?: number; workflow_id?: string } {
  const info = extraData['extra_pnginfo'] ?? ('extra_pnginfo' in extraData ? null : {});
  const workflow = isObject(info) ? (info['workflow'] ?? ('workflow' in info ? null : {})) : null;
  if (!isObject(workflow)) throw new TypeError('extra_pnginfo holds no workflow object');
  const id = workflow['id'];
  const time = extraData['create_time'];
  return {
    ...(typeof time === 'number' ? { create_time: time } : {}),
    ...(typeof id === 'string' ? { workflow_id: id } : {}),
  };
}

function dropAbsent(job: Record<string, unknown> & { id: string; status: JobStatus }): Job {
  return Object.fromEntries(Object.entries(job).filter(([, value]) => value !== undefined)) as Job;
}
