/** What happens to a shot when an attempt at it ends without a stored result. */
export interface EndPolicy {
  /** `retry`: the shot is queued again; `elsewhere`: for another instance, if there is one; `fail`: it will never work. */
  then: 'retry' | 'elsewhere' | 'fail';
  /** What it counts as; at the limit of {@link MAX_ENDS} the shot fails for good. */
  counts: EndKind;
  /** Wait before the shot may be claimed again, milliseconds; doubled each time, up to a minute. */
  backoffMs: number;
  /** Told to the client when the shot fails for good. */
  message: string;
  /** Ends for this one reason have a limit of their own, which may come first. */
  limit?: EndLimit;
  /** The next try goes to an instance with more memory, if there is one. */
  needsMemory?: boolean;
}

/** At so many ends for one reason a shot fails for good, whatever else happened to it. */
export interface EndLimit {
  max: number;
  /** `instances`: several on one instance count once. */
  of: 'attempts' | 'instances';
  /** What the generation fails with then. */
  code: string;
  message: string;
}

/** `try`: it ran and failed. `mishap`: nobody's fault. `idle`: it never reached a GPU. */
export type EndKind = 'try' | 'mishap' | 'idle';

/** Ends of each kind after which a shot fails for good. */
export const MAX_ENDS: Record<EndKind, number> = { try: 3, mishap: 5, idle: 50 };

const fails = (message: string): EndPolicy => ({
  then: 'fail',
  counts: 'try',
  backoffMs: 0,
  message,
});

const retries = (counts: EndKind, backoffMs: number, message: string): EndPolicy => ({
  then: 'retry',
  counts,
  backoffMs,
  message,
});

const movesOn = (message: string): EndPolicy => ({
  then: 'elsewhere',
  counts: 'mishap',
  backoffMs: 0,
  message,
});

/**
 * Every reason for which an attempt can end, and the rule for it. The rule is for a shot that is still wanted: where a cancel
 * was requested, every end cancels it.
 */
export const END_REASONS = {
  released: retries('idle', 0, 'It was never started.'),
  not_submitted: retries('idle', 1000, 'ComfyUI could not be reached.'),
  evicted: {
    ...retries('mishap', 1000, 'It was removed from ComfyUI from outside.'),
    limit: {
      max: 3,
      of: 'attempts',
      code: 'evicted_repeatedly',
      message: 'It was removed from ComfyUI from outside, again and again.',
    },
  },
  outputs_lost: {
    ...retries('mishap', 1000, 'ComfyUI no longer had the pictures.'),
    limit: {
      max: 2,
      of: 'attempts',
      code: 'outputs_lost',
      message: 'ComfyUI lost the pictures, twice.',
    },
  },
  instance_lost: {
    ...retries('try', 1000, 'The ComfyUI instance died while drawing.'),
    limit: {
      max: 2,
      of: 'instances',
      code: 'poison',
      message: 'Two ComfyUI instances died while drawing it, so no more of them are put at risk.',
    },
  },
  instance_retired: retries('mishap', 0, 'The ComfyUI instance was taken out of service.'),
  device_error: retries('try', 1000, 'The GPU of the ComfyUI instance failed.'),
  disk_full: retries('mishap', 5000, 'The disk of the ComfyUI instance is full.'),
  hang: retries('try', 1000, 'The ComfyUI instance stopped making progress.'),
  out_of_memory: { ...retries('try', 5000, 'ComfyUI ran out of memory.'), needsMemory: true },
  cancelled: retries('mishap', 1000, 'It was cancelled.'),
  cancel_ignored: retries('mishap', 1000, 'The ComfyUI instance did not stop drawing it.'),
  internal_error: retries('try', 1000, 'Something went wrong on our side.'),
  inputs_lost: fails('A picture to start from is gone.'),
  node_error: fails('A node of the workflow failed.'),
  missing_model: movesOn('ComfyUI lacks a model of the workflow.'),
  missing_node: movesOn('ComfyUI lacks a node of the workflow.'),
  rejected: fails('ComfyUI refused the graph.'),
  no_outputs: fails('The workflow made no picture.'),
  outputs_unusable: fails('What ComfyUI made cannot be stored.'),
} as const satisfies Record<string, EndPolicy>;

/** Why an attempt ended without a stored result. */
export type EndReason = keyof typeof END_REASONS;

/** The reason instead of another on an instance that was drained or removed: whoever did that may have stopped it. */
export const WHEN_RETIRED: Partial<Record<EndReason, EndReason>> = {
  instance_lost: 'instance_retired',
};
