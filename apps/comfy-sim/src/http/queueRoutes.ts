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
  const { queue, worker } = services;
  const body = bodyReader(services.profile.maxBodyBytes);

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
    const wish = tryJson(() => readJson(request));
    if (!isObject(wish)) throw new TypeError('the body is no object');
    const id = wish['prompt_id'];
    worker.interrupt(typeof id === 'string' && id !== '' ? id : undefined);
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
  const { history } = services.queue;

  routes.get('/history', (request, response) => {
    sendJson(
      response,
      history.page(queryInt(request, 'max_items'), queryInt(request, 'offset') ?? -1),
    );
  });

  routes.get('/history/:id', (request, response) => {
    const id = pathValue(request, 'id');
    const entry = history.get(id);
    sendJson(response, entry ? { [id]: entry } : {});
  });

  routes.post('/history', bodyReader(services.profile.maxBodyBytes), (request, response) => {
    const wish = readObject(request);
    if (toBool(wish['clear'] ?? false)) history.clear();
    for (const id of readIds(wish['delete'])) history.delete(id);
    sendEmpty(response);
  });
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
