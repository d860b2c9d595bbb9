// A circuit breaker for each instance, after M. Nygard, "Release It!": one that gave trouble gets no work for a while, longer each
// time, and then one prompt at a time until it has drawn a picture. Times are milliseconds by the caller's monotonic clock.

/** What an instance can do wrong. */
export type Trouble = 'died' | 'hung' | 'cancel_ignored' | 'device_error' | 'stalled' | 'disk_full';

/** What is remembered of the troubles of an instance. */
export interface Circuit {
  /** Since it last drew a picture. */
  troubles: number;
  /** It gets no prompt before. */
  openUntil: number;
  /** What happened last, for operators: a sentence. Null when it is well. */
  reason: string | null;
  /** A restart may have cured it. */
  isCurable: boolean;
}

export type CircuitState = 'closed' | 'open' | 'half_open';

/** Of an instance that is well. */
export const CLOSED_CIRCUIT: Circuit = {
  troubles: 0,
  openUntil: -Infinity,
  reason: null,
  isCurable: false,
};

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** How long no work comes after each trouble in a row; the last goes on. */
const OPENINGS = [5 * SECOND, 30 * SECOND, 2 * MINUTE, 5 * MINUTE] as const;
/** The share of an opening that chance adds to it, so that instances of one host do not come back together. */
const JITTER = 0.2;

/** `atLeast`: which trouble in a row the first one counts as. What only a restart cures is not tried again so soon. */
const TROUBLES: Record<Trouble, { reason: string; atLeast: number }> = {
  died: { atLeast: 1, reason: 'ComfyUI died while it drew a picture.' },
  hung: { atLeast: 1, reason: 'ComfyUI stopped making progress on a picture.' },
  cancel_ignored: {
    atLeast: 1,
    reason: 'ComfyUI did not stop drawing a picture that was cancelled.',
  },
  device_error: { atLeast: 3, reason: 'The GPU failed: it may need ComfyUI to be restarted.' },
  disk_full: { atLeast: 1, reason: 'The disk of ComfyUI is full: make room there.' },
  stalled: { atLeast: 3, reason: 'ComfyUI takes prompts and works no more: restart it.' },
};

/** Whether prompts may be sent: `half_open`, one at a time. */
export function circuitState({ troubles, openUntil }: Circuit, at: number): CircuitState {
  if (at < openUntil) return 'open';
  return troubles > 0 ? 'half_open' : 'closed';
}

/** How many prompts the instance may hold. */
export function circuitAllowance(circuit: Circuit, at: number): number {
  return { open: 0, half_open: 1, closed: Infinity }[circuitState(circuit, at)];
}

/**
 * After something went wrong. What comes while it is kept from work was begun before, and is no further trouble in a row.
 * `random`: from 0 to 1.
 */
export function afterTrouble(
  circuit: Circuit,
  trouble: Trouble,
  { at, random }: { at: number; random: number },
): Circuit {
  const { reason, atLeast } = TROUBLES[trouble];
  const inARow = circuit.troubles + (circuitState(circuit, at) === 'open' ? 0 : 1);
  const troubles = Math.max(inARow, atLeast);
  const opening = OPENINGS[Math.min(troubles, OPENINGS.length) - 1] ?? OPENINGS[0];
  const openUntil = Math.max(circuit.openUntil, at + opening * (1 + JITTER * random));
  return { troubles, openUntil, reason, isCurable: trouble !== 'died' };
}

/** After a picture was drawn. One that was begun before the trouble proves nothing. */
export function afterPicture(circuit: Circuit, at: number): Circuit {
  return circuitState(circuit, at) === 'half_open' ? CLOSED_CIRCUIT : circuit;
}

/** After the connection was lost and found: ComfyUI may have been restarted, so it may be tried. */
export function afterReturn(circuit: Circuit, at: number): Circuit {
  return circuit.isCurable ? { ...circuit, openUntil: Math.min(circuit.openUntil, at) } : circuit;
}
