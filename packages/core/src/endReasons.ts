/** Who is to blame when an attempt ends without a stored result, and so what happens next. */
export interface EndPolicy {
  /** `retry`: the shot is queued again; `fail`: it will never work. */
  then: 'retry' | 'fail';
  /**
   * `try` counts against {@link MAX_COUNTED_TRIES}, `mishap` against {@link MAX_MISHAPS}; what never reached
   * ComfyUI's GPU counts as nothing.
   */
  counts: 'try' | 'mishap' | 'nothing';
  /** Wait before the shot may be claimed again, milliseconds. */
  backoffMs: number;
  /** Told to the client when the shot fails for good. */
  message: string;
}

/** Every reason for which an attempt can end, and the rule for it. */
export const END_REASONS = {
  released: { then: 'retry', counts: 'nothing', backoffMs: 0, message: 'It was never started.' },
  not_submitted: {
    then: 'retry',
    counts: 'nothing',
    backoffMs: 1000,
    message: 'ComfyUI could not be reached.',
  },
  evicted: {
    then: 'retry',
    counts: 'mishap',
    backoffMs: 1000,
    message: 'It was removed from ComfyUI from outside.',
  },
  outputs_lost: {
    then: 'retry',
    counts: 'mishap',
    backoffMs: 1000,
    message: 'ComfyUI no longer had the pictures.',
  },
  instance_lost: {
    then: 'retry',
    counts: 'try',
    backoffMs: 1000,
    message: 'The ComfyUI instance died while drawing.',
  },
  out_of_memory: {
    then: 'retry',
    counts: 'try',
    backoffMs: 5000,
    message: 'ComfyUI ran out of memory.',
  },
  node_error: {
    then: 'fail',
    counts: 'try',
    backoffMs: 0,
    message: 'A node of the workflow failed.',
  },
  missing_model: {
    then: 'fail',
    counts: 'try',
    backoffMs: 0,
    message: 'ComfyUI lacks a model of the workflow.',
  },
  missing_node: {
    then: 'fail',
    counts: 'try',
    backoffMs: 0,
    message: 'ComfyUI lacks a node of the workflow.',
  },
  rejected: { then: 'fail', counts: 'try', backoffMs: 0, message: 'ComfyUI refused the graph.' },
  no_outputs: {
    then: 'fail',
    counts: 'try',
    backoffMs: 0,
    message: 'The workflow made no picture.',
  },
} as const satisfies Record<string, EndPolicy>;

/** Why an attempt ended without a stored result. */
export type EndReason = keyof typeof END_REASONS;

/** Counted tries after which a shot fails for good. */
export const MAX_COUNTED_TRIES = 3;
/** Mishaps after which a shot fails for good: nobody's fault, but no hope either. */
export const MAX_MISHAPS = 5;
