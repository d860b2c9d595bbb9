import type { Request, RequestHandler, Response } from 'express';
import { isObject, type Json } from '../json';
import { repr } from '../python';
import {
  findJob,
  jobStatuses,
  listJobs,
  type JobFilter,
  type JobRules,
  type JobStatus,
} from '../queue/jobs';
import { bodyReader, pathValue, queryValue, readJson, sendError, sendJson } from './exchange';
import { isCanonicalUuid } from './jobIds';
import type { Routes } from './routes';
import type { HttpServices } from './services';

/** The jobs routes exist below `/api` only, and, as an oddity, below `/api/api`. */
export function addJobRoutes(routes: Routes, services: HttpServices): void {
  const { jobs } = services.profile.routes;
  if (!jobs) return;
  routes.get('/api/jobs', list(services, jobs));
  if (jobs.canCancel) addCancelRoutes(routes, services);

  routes.get('/api/jobs/:id', (request, response) => {
    const job = findJob(services.queue, pathValue(request, 'id'), jobs);
    if (job) sendJson(response, job);
    else sendJson(response, { error: 'Job not found' }, 404);
  });
}

function addCancelRoutes(routes: Routes, { queue, worker, profile }: HttpServices): void {
  const cancel = (id: string) => queue.delete(id) || worker.interrupt(id);

  routes.post('/api/jobs/cancel', bodyReader(profile.maxBodyBytes), (request, response) => {
    const ids = readJobIds(request, response);
    if (ids) sendJson(response, { cancelled: ids.map(cancel).includes(true) });
  });

  routes.post('/api/jobs/:id/cancel', (request, response) => {
    sendJson(response, { cancelled: cancel(pathValue(request, 'id')) });
  });
}

function readJobIds(request: Request, response: Response): string[] | undefined {
  let body: Json;
  try {
    body = readJson(request);
  } catch {
    sendError(response, 'Request body must be valid JSON');
    return undefined;
  }
  const ids = isObject(body) ? body['job_ids'] : undefined;
  if (!Array.isArray(ids)) {
    sendError(response, 'job_ids must be a list');
    return undefined;
  }
  const invalid = ids.filter((id) => !isCanonicalUuid(id));
  if (invalid.length === 0) return ids as string[];
  const invalid_ids = invalid.map((id) => (typeof id === 'string' ? id : repr(id)));
  sendError(response, 'job_ids contains invalid id(s)', { invalid_ids });
  return undefined;
}

function list({ queue }: HttpServices, rules: JobRules): RequestHandler {
  return (request, response) => {
    const query = readListQuery(request);
    if (typeof query === 'string') {
      sendError(response, query);
      return;
    }
    const { limit, offset } = query;
    const all = listJobs(queue, query, rules);
    const jobs = all.slice(offset, limit === null ? undefined : offset + limit);
    const has_more = offset + jobs.length < all.length;
    sendJson(response, { jobs, pagination: { offset, limit, total: all.length, has_more } });
  };
}

interface ListQuery extends JobFilter {
  readonly limit: number | null;
  readonly offset: number;
}

/** The list's query, or what is wrong with it. */
function readListQuery(request: Request): ListQuery | string {
  const text = (name: string) => queryValue(request, name);
  const named = (text('status') ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  const statuses = named.filter((name) => name !== '');
  const unknown = statuses.filter((name) => !jobStatuses.includes(name as JobStatus));
  if (unknown.length > 0) {
    return `Invalid status value(s): ${unknown.join(', ')}. Valid values: ${jobStatuses.join(', ')}`;
  }
  const sortBy = (text('sort_by') ?? 'created_at').toLowerCase();
  if (sortBy !== 'created_at' && sortBy !== 'execution_duration') {
    return "sort_by must be 'created_at' or 'execution_duration'";
  }
  const order = (text('sort_order') ?? 'desc').toLowerCase();
  if (order !== 'asc' && order !== 'desc') return "sort_order must be 'asc' or 'desc'";
  const limit = text('limit') === undefined ? null : Number(text('limit'));
  if (limit !== null && !Number.isInteger(limit)) return 'limit must be an integer';
  if (limit !== null && limit <= 0) return 'limit must be a positive integer';
  const offset = Number(text('offset') ?? 0);
  if (!Number.isInteger(offset)) return 'offset must be an integer';
  return {
    statuses: statuses.length > 0 ? (statuses as JobStatus[]) : jobStatuses,
    workflowId: text('workflow_id'),
    sortBy,
    isAscending: order === 'asc',
    limit,
    offset: Math.max(0, offset),
  };
}
