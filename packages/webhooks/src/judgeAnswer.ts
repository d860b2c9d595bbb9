/** What an answer of a receiver means: `gone` that it wants no more at all. */
export type Outcome = 'succeeded' | 'retry' | 'gone';

const GONE = 410;

/** A receiver takes a delivery by any 2xx; whatever else it says, a redirect too, is a failure. */
export function judgeAnswer(status: number): Outcome {
  if (status >= 200 && status < 300) return 'succeeded';
  return status === GONE ? 'gone' : 'retry';
}
