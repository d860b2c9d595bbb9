import type { Graph } from '@avatarforge/core';

/** One run of a simulated ComfyUI; milliseconds since 1970. */
export interface Run {
  promptId: string;
  startedAt: number;
  endedAt: number;
}

interface Execution {
  prompt_id: string;
  started_at: string;
  ended_at: string | null;
}

/** Hands a graph to ComfyUI, with nothing of ours between. @throws Error when it is refused */
export async function postPrompt(url: string, promptId: string, prompt: Graph): Promise<void> {
  const response = await fetch(`${url}/prompt`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ prompt_id: promptId, prompt }),
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`the simulator refused a graph: ${answer}`);
}

/** How many prompts it holds, the running one included. */
export async function countHeld(url: string): Promise<number> {
  const answer = (await (await fetch(`${url}/prompt`)).json()) as {
    exec_info: { queue_remaining: number };
  };
  return answer.exec_info.queue_remaining;
}

/** What ran to its end, oldest first. */
export async function listRuns(url: string): Promise<Run[]> {
  const executions = (await (await fetch(`${url}/sim/executions`)).json()) as Execution[];
  return executions.flatMap(({ prompt_id: promptId, started_at: from, ended_at: to }) =>
    to === null ? [] : [{ promptId, startedAt: Date.parse(from), endedAt: Date.parse(to) }],
  );
}

/** The same graph for another picture: nothing of it is in the cache of a ComfyUI that drew the first. */
export function withSeed(graph: Graph, seed: number): Graph {
  const copy = structuredClone(graph);
  for (const { inputs } of Object.values(copy)) if ('seed' in inputs) inputs['seed'] = seed;
  return copy;
}
