import type { Evidence } from './evidence';

const NEAR_MS = 15_000;

/** The life of a generation as the witnesses tell it, a line for each thing that happened, in seconds since `startedAt`. */
export function storyOf(evidence: Evidence, generationId: string, startedAt: number): string {
  const shots = new Set(
    evidence.shots.filter(({ generation_id: id }) => id === generationId).map(({ id }) => id),
  );
  const attempts = evidence.attempts.filter(({ shot_id }) => shots.has(shot_id));
  const prompts = new Set(attempts.map(({ id }) => id));
  const runs = evidence.executions.filter(({ prompt_id }) => prompts.has(prompt_id));
  const told = evidence.received.filter((one) => one.generationId === generationId);
  const moments = [...runs.flatMap((run) => [run.started_at, run.ended_at ?? run.started_at])];
  const from = Math.min(...moments) - NEAR_MS;
  const to = Math.max(...moments) + NEAR_MS;
  const lines: [number, string][] = [
    ...attempts.flatMap((one): [number, string][] => [
      [one.dispatched_at ?? one.ended_at ?? 0, `attempt ${one.id} of shot ${one.shot_id} is sent`],
      [one.ended_at ?? Infinity, `attempt ${one.id} is ${one.end_reason ?? one.state}`],
    ]),
    ...runs.map(({ started_at, instance, prompt_id }): [number, string] => [
      started_at,
      `${instance} begins to draw ${prompt_id}`,
    ]),
    ...runs.map(({ ended_at, instance, prompt_id, outcome }): [number, string] => [
      ended_at ?? Infinity,
      `${instance} ends ${prompt_id}: ${outcome ?? 'still running'}`,
    ]),
    ...told.map(({ at, event, webhookId }): [number, string] => [
      at,
      `${event} by webhook ${webhookId}`,
    ]),
    ...evidence.faults
      .filter((fault) => (fault.to ?? fault.from) >= from && fault.from <= to)
      .map((fault): [number, string] => {
        const until = fault.to === null ? '' : ` until ${seconds(fault.to, startedAt)}`;
        return [fault.from, `** ${fault.kind}: ${fault.target}${until}`];
      }),
  ];
  return lines
    .sort(([a], [b]) => a - b)
    .map(([at, line]) => `${seconds(at, startedAt).padStart(9)} ${line}`)
    .join('\n');
}

const seconds = (at: number, startedAt: number): string =>
  Number.isFinite(at) ? ((at - startedAt) / 1000).toFixed(2) : 'never';
