import type { Attempt } from '@avatarforge/contracts';
import { END_REASONS, type EndPolicy, type Placement } from '@avatarforge/core';
import type { AttemptStory } from '@avatarforge/db';

const PLACEMENTS: Record<Placement, string> = {
  warm: 'The models were in memory there.',
  switch: 'Loading the models there was the best use of the instance.',
  patience: 'It had waited so long that it went before work with its models in memory.',
  fairness: 'Its owner had had so much less of the GPUs that loading the models was fair.',
  anywhere: 'It needs no models in memory, so any instance would do.',
};
const NOT_NOTED = 'Why it was tried there was not noted.';

/** An attempt as v1 shows it. */
export function toAttempt(story: AttemptStory): Attempt {
  const { id, ordinal, view, instanceId, instanceName, placement, isCold, state, gpuMs } = story;
  return {
    ...{ id, state },
    shot: { ordinal, view },
    instance: { id: instanceId, name: instanceName },
    placement: {
      reason: placement,
      message: placement === null ? NOT_NOTED : PLACEMENTS[placement],
      is_cold: isCold,
    },
    estimated_ms: story.estMs === 0 ? null : story.estMs,
    gpu_ms: gpuMs,
    claimed_at: story.createdAt.toISOString(),
    dispatching_at: story.dispatchingAt?.toISOString() ?? null,
    dispatched_at: story.dispatchedAt?.toISOString() ?? null,
    started_at: story.startedAt?.toISOString() ?? null,
    executed_at: story.executedAt?.toISOString() ?? null,
    ended_at: story.endedAt?.toISOString() ?? null,
    outcome: toOutcome(story),
  };
}

function toOutcome(story: AttemptStory): Attempt['outcome'] {
  const { state, endReason, endDetail } = story;
  if (state === 'stored') {
    return { result: 'stored', reason: null, counts_as: null, message: 'The picture is stored.' };
  }
  if (state !== 'ended') return null;
  const policy = policyOf(endReason);
  // What is told of a failure may be told here; other details are for operators and may name hosts.
  const detail = policy && policy.then !== 'retry' ? endDetail : null;
  return {
    result: resultOf(story),
    reason: endReason,
    counts_as: policy?.counts ?? null,
    message: [policy?.message ?? 'It ended.', detail].filter(Boolean).join(' '),
  };
}

/** The rule for a reason; null for one that this version does not know. */
function policyOf(reason: string | null): EndPolicy | null {
  const rules: Record<string, EndPolicy> = END_REASONS;
  return reason !== null && Object.hasOwn(rules, reason) ? (rules[reason] ?? null) : null;
}

/** What became of the shot: what was tried again was so, whatever came of it later. */
function resultOf({ hasSuccessor, shotStatus }: AttemptStory): 'retried' | 'failed' | 'cancelled' {
  if (hasSuccessor) return 'retried';
  return shotStatus === 'failed' || shotStatus === 'cancelled' ? shotStatus : 'retried';
}
