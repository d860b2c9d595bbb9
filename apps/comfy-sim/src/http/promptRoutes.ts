import { randomUUID } from 'node:crypto';
import type { Request, Response } from 'express';
import { readCatalog } from '../catalog/nodeCatalog';
import type { Graph } from '../graph';
import { isObject, type Json, type JsonObject } from '../json';
import { toBool, toFloat } from '../python';
import { validateGraph } from '../validation/validateGraph';
import { bodyReader, readObject, sendJson } from './exchange';
import { isCanonicalUuid } from './jobIds';
import type { Routes } from './routes';
import type { HttpServices } from './services';

const secrets = ['auth_token_comfy_org', 'api_key_comfy_org'];

export function addPromptRoutes(routes: Routes, services: HttpServices): void {
  const numbers = new PromptNumbers();

  routes.get('/prompt', (_request, response) => {
    sendJson(response, { exec_info: { queue_remaining: services.queue.remaining } });
  });

  routes.post('/prompt', bodyReader(services.profile.maxBodyBytes), async (request, response) => {
    const body = readObject(request);
    const number = numbers.next(body);
    const { prompt, prompt_id: givenId = null } = body;
    if (prompt === undefined) {
      refuse(response, 'no_prompt', 'No prompt provided', 'No prompt provided');
    } else if (givenId !== null && !isCanonicalUuid(givenId)) {
      refuse(response, 'invalid_prompt_id', 'prompt_id must be a valid UUID', badIdDetails);
    } else {
      const promptId = givenId === null ? randomUUID() : givenId;
      await submit({ request, response, services }, { body, prompt, promptId, number });
    }
  });
}

const badIdDetails =
  'prompt_id must be a UUID string in canonical lowercase hyphenated form; omit it to let the server generate one';

function refuse(response: Response, type: string, message: string, details: string): void {
  sendJson(response, { error: { type, message, details, extra_info: {} }, node_errors: {} }, 400);
}

/** A prompt's number: its place in the queue, lowest first. */
class PromptNumbers {
  private counter = 0;

  next(body: JsonObject): number {
    if (body['number'] !== undefined) return toFloat(body['number']);
    const number = toBool(body['front'] ?? false) ? -this.counter : this.counter;
    this.counter += 1;
    return number;
  }
}

interface Exchange {
  readonly request: Request;
  readonly response: Response;
  readonly services: HttpServices;
}

interface Submission {
  readonly body: JsonObject;
  readonly prompt: Json;
  readonly promptId: string;
  readonly number: number;
}

async function submit({ request, response, services }: Exchange, submission: Submission) {
  const { body, prompt, promptId, number } = submission;
  if (!isObject(prompt)) throw new TypeError('prompt is no object');
  const graph = prompt as unknown as Graph;
  const catalog = await readCatalog(services.folders, services.options.checkpoints);
  const targets = body['partial_execution_targets'];
  const verdict = validateGraph(
    graph,
    { catalog, folders: services.folders },
    Array.isArray(targets) ? targets.map(String) : undefined,
  );
  const extraData = extraDataOf(body, request);
  if (verdict.error) {
    sendJson(response, { error: verdict.error, node_errors: verdict.nodeErrors }, 400);
    return;
  }
  extraData['create_time'] = Date.now();
  services.queue.put({ number, promptId, graph, extraData, outputs: verdict.outputs });
  sendJson(response, { prompt_id: promptId, number, node_errors: verdict.nodeErrors });
}

function extraDataOf(body: JsonObject, request: Request): JsonObject {
  const given = body['extra_data'] === undefined ? {} : body['extra_data'];
  if (!isObject(given)) throw new TypeError('extra_data is no object');
  const kept = Object.entries(given).filter(([key]) => !secrets.includes(key));
  const source = request.get('comfy-usage-source');
  return {
    ...(source === undefined ? {} : { comfy_usage_source: source }),
    ...Object.fromEntries(kept),
    ...(body['client_id'] === undefined ? {} : { client_id: body['client_id'] }),
  };
}
