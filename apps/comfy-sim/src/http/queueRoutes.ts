import type { Request } from 'express';
import { isObject, type Json } from '../json';
import { toBool } from '../python';
import { toTuple } from '../queue/queueItem';
import {
  bodyReader,
  pathValue,
  queryInt,
  readIds,
  readJson,
  readObject,
  sendEmpty,
  sendJson,
} from './exchange';
import type { Routes } from './routes';
import type { HttpServices } from './services';

export function addQueueRoutes(routes: Routes, services: HttpServices): void {
  const { queue, worker, profile } = services;
  const body = bodyReader(profile.maxBodyBytes);

  routes.get('/queue', (_request, response) => {
    const queue_running = queue.running ? [toTuple(queue.running)] : [];
    sendJson(response, { queue_running, queue_pending: queue.pending.map(toTuple) });
  });

  routes.post('/queue', body, (request, response) => {
    const wish = readObject(request);
    if (toBool(wish['clear'] ?? false)) queue.clear();
    for (const id of readIds(wish['delete'])) queue.delete(id);
    sendEmpty(response);
  });

  routes.post('/interrupt', body, (request, response) => {
    worker.interrupt(profile.routes.interruptsOnePrompt ? readPromptId(request) : undefined);
    sendEmpty(response);
  });

  routes.post('/free', body, (request, response) => {
    const wish = readObject(request);
    worker.requestFree({
      unloadModels: toBool(wish['unload_models'] ?? false),
      freeMemory: toBool(wish['free_memory'] ?? false),
    });
    sendEmpty(response);
  });
}

export function addHistoryRoutes(routes: Routes, services: HttpServices): void {
  const { queue, profile } = services;
  const { history } = queue;

  routes.get('/history', (request, response) => {
    const offset = profile.routes.hasHistoryOffset ? queryInt(request, 'offset') : undefined;
    sendJson(response, history.page(queryInt(request, 'max_items'), offset ?? -1));
  });

  routes.get('/history/:id', (request, response) => {
    const id = pathValue(request, 'id');
    const entry = history.get(id);
    sendJson(response, entry ? { [id]: entry } : {});
  });

  routes.post('/history', bodyReader(profile.maxBodyBytes), (request, response) => {
    const wish = readObject(request);
    if (toBool(wish['clear'] ?? false)) history.clear();
    for (const id of readIds(wish['delete'])) history.delete(id);
    sendEmpty(response);
  });
}

/** The prompt an interruption is about; undefined means whatever runs. */
function readPromptId(request: Request): string | undefined {
  const wish = tryJson(() => readJson(request));
  if (!isObject(wish)) throw new TypeError('the body is no object');
  const id = wish['prompt_id'];
  return typeof id === 'string' && id !== '' ? id : undefined;
}

// Only this route takes a broken body for an empty object.
function tryJson(read: () => Json): Json {
  try {
    return read();
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
