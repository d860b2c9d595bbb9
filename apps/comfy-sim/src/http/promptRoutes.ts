import type { Request, Response } from 'express';
import type { Graph } from '../graph';
import { isObject, type Json, type JsonObject } from '../json';
import type { VersionProfile } from '../profiles/versionProfile';
import { clientOf } from '../queue/queueItem';
import { validateGraph } from '../validation/validateGraph';
import { bodyReader, readObject, sendJson } from './exchange';
import type { Routes } from './routes';
import { readServedCatalog } from './servedCatalog';
import type { HttpServices } from './services';
import { extraDataOf, promptIdOf, PromptNumbers, targetsOf } from './submission';

export function addPromptRoutes(routes: Routes, services: HttpServices): void {
  const { queue, profile } = services;
  const numbers = new PromptNumbers();

  routes.get('/prompt', (_request, response) => {
    sendJson(response, { exec_info: { queue_remaining: queue.remaining } });
  });

  routes.post('/prompt', bodyReader(profile.maxBodyBytes), async (request, response) => {
    const body = readObject(request);
    const number = numbers.next(body);
    const promptId = promptIdOf(body['prompt_id'], profile.submission.promptId);
    const { prompt } = body;
    if (prompt === undefined) {
      refuse(response, 'no_prompt', 'No prompt provided', 'No prompt provided');
    } else if (promptId === undefined) {
      refuse(response, 'invalid_prompt_id', 'prompt_id must be a valid UUID', badIdDetails);
    } else {
      await submit({ request, response, services }, { body, prompt, promptId, number });
    }
  });
}

const badIdDetails =
  'prompt_id must be a UUID string in canonical lowercase hyphenated form; omit it to let the server generate one';

function refuse(response: Response, type: string, message: string, details: string): void {
  sendJson(response, { error: { type, message, details, extra_info: {} }, node_errors: {} }, 400);
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
  const { faults, folders, options, profile, queue } = services;
  const graph = readGraph(prompt, profile);
  const verdict = validateGraph(
    graph,
    {
      catalog: await readServedCatalog(services),
      folders,
      rules: profile.validation,
      setOrder: options.setOrder,
    },
    targetsOf(body, profile.submission),
  );
  const extraData = extraDataOf(body, request, profile.submission);
  if (verdict.error) {
    sendJson(response, { error: verdict.error, node_errors: verdict.nodeErrors }, 400);
    return;
  }
  queue.put({ number, promptId, graph, extraData, outputs: verdict.outputs });
  await faults.at('prompt.queued', { prompt_id: promptId, client_id: clientOf(extraData) });
  await delayResponse(response, services);
  sendJson(response, { prompt_id: promptId, number, node_errors: verdict.nodeErrors });
}

// Versions that do not look for replaced nodes take an empty list for an empty graph.
function readGraph(prompt: Json, { validation }: VersionProfile): Graph {
  const isEmptyList = Array.isArray(prompt) && prompt.length === 0;
  if (isEmptyList && validation.missingNode === 'invalid_prompt') return {};
  if (!isObject(prompt)) throw new TypeError('prompt is no object');
  return prompt as unknown as Graph;
}

/** The prompt is on its way meanwhile. */
async function delayResponse(response: Response, { options }: HttpServices): Promise<void> {
  if (options.responseDelayMs === 0) return;
  const gone = new AbortController();
  response.once('close', () => {
    gone.abort();
  });
  await options.clock.wait(options.responseDelayMs, gone.signal);
}
