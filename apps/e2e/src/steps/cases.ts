/** A step of a worker: a message to one of its servers. */
interface Step {
  /** Completes the sentence "stopped before …". */
  name: string;
  to: 'postgres' | 'comfyui';
  /** How its message is recognised. */
  sign: string;
  /** The message before it: it comes again and again, and is looked for from there on. */
  since?: string;
  /** It comes while a long run goes on. */
  isInMidRun?: boolean;
}

/** Every step from a claim to the stored picture, and those that go on beside. */
const STEPS = {
  acquire: { name: 'taking the lease', to: 'postgres', sign: 'SET worker_id = $1, epoch' },
  claim: { name: 'the claim', to: 'postgres', sign: 'claim_shots(' },
  upload: { name: 'the upload of an input', to: 'comfyui', sign: 'POST /api/upload/image' },
  dispatching: { name: 'dispatching', to: 'postgres', sign: `state = 'dispatching'` },
  post: { name: 'the POST of the prompt', to: 'comfyui', sign: 'POST /api/prompt' },
  dispatched: { name: 'dispatched', to: 'postgres', sign: `state = 'dispatched'` },
  started: { name: 'started', to: 'postgres', sign: 'start_attempt(' },
  executed: { name: 'executed', to: 'postgres', sign: 'execute_attempt(' },
  forget: { name: 'the delete of the history', to: 'comfyui', sign: 'POST /api/history' },
  finalize: {
    ...{ name: 'the claim to finalize', to: 'postgres', since: 'execute_attempt(' },
    sign: 'finalize_owner = $1,',
  },
  view: { name: 'the fetch of the output', to: 'comfyui', sign: 'GET /api/view' },
  announce: { name: 'the word of the object', to: 'postgres', sign: 'INSERT INTO loose_objects' },
  store: { name: 'stored', to: 'postgres', sign: 'store_attempt(' },
  renew: {
    ...{ name: 'renewing the lease', to: 'postgres', since: 'start_attempt(', isInMidRun: true },
    sign: 'UPDATE instance_leases l SET expires_at',
  },
  adopt: {
    ...{ name: 'adopting', to: 'postgres', since: 'start_attempt(', isInMidRun: true },
    sign: 'SET driver_epoch = $2',
  },
  stopPrompt: { name: 'stopping the prompt', to: 'comfyui', sign: '/cancel HTTP/1.1' },
  end: { name: 'the end of the attempt', to: 'postgres', sign: 'end_attempt(' },
} as const satisfies Record<string, Step>;
type StepName = keyof typeof STEPS;

/** One way to stop a worker, and when. */
export interface StepCase {
  step: Step;
  side: 'before' | 'after';
  stop: 'killed' | 'frozen';
  /**
   * When a frozen worker goes on, and what was held before it: when another has its instance, or when the generation is
   * over. `at last`: as the first, but what was held comes at the very end.
   */
  until: 'taken over' | 'over' | 'at last';
  /** When its cancel is requested: while the worker stands still, or while it still works, in mid-run. */
  cancel: 'then' | 'earlier' | null;
}

const SIDES = ['before', 'after'] as const;
const STOPS = ['killed', 'frozen'] as const;

function caseOf(step: StepName, changed: Partial<Omit<StepCase, 'step'>>): StepCase {
  return {
    ...{ step: STEPS[step], side: 'before', stop: 'killed', until: 'taken over', cancel: null },
    ...changed,
  };
}

/** Stopped in each way on each side of each of these steps. */
function eachWay(steps: StepName[], cancel: StepCase['cancel'] = null): StepCase[] {
  return steps.flatMap((step) =>
    STOPS.flatMap((stop) => SIDES.map((side) => caseOf(step, { stop, side, cancel }))),
  );
}

/**
 * Killed after a step is, to the servers, killed before the next one; a frozen worker does more harm with a message on its
 * way. Around the POST and the verdict both sides count.
 */
function isWorseSide({ step, stop, side }: StepCase): boolean {
  const worse = stop === 'killed' ? 'after' : 'before';
  return side === worse || step === STEPS.post || step === STEPS.executed;
}

/** Nobody waits any more for what it does when it goes on. */
function late(step: StepName, side: StepCase['side'] = 'before'): StepCase {
  return caseOf(step, { stop: 'frozen', side, until: 'over' });
}

const CANCELLED_WHILE_STOPPED: StepCase[] = [
  caseOf('claim', { side: 'after', cancel: 'then' }),
  caseOf('dispatching', { side: 'after', cancel: 'then' }),
  caseOf('post', { cancel: 'then' }),
  caseOf('post', { side: 'after', cancel: 'then' }),
  caseOf('post', { stop: 'frozen', cancel: 'then' }),
  caseOf('started', { side: 'after', cancel: 'then' }),
  caseOf('executed', { cancel: 'then' }),
  caseOf('executed', { stop: 'frozen', cancel: 'then' }),
  caseOf('executed', { side: 'after', cancel: 'then' }),
  caseOf('store', { cancel: 'then' }),
];

const EACH_WAY: StepCase[] = [
  ...eachWay(['acquire', 'claim', 'upload', 'dispatching', 'post', 'dispatched', 'started']),
  ...eachWay(['executed', 'forget', 'finalize', 'view', 'announce', 'store', 'renew', 'adopt']),
  ...eachWay(['stopPrompt', 'end'], 'earlier'),
];

const LATE: StepCase[] = [
  ...[late('claim'), late('dispatching'), late('post'), late('executed'), late('store')],
  ...[late('claim', 'after'), late('upload', 'after'), late('dispatching', 'after')],
  caseOf('post', { stop: 'frozen', until: 'at last' }),
];

/** All cases, or of each step those on its worse side. */
export function givenCases({ areAllWanted }: { areAllWanted: boolean }): StepCase[] {
  const steps = EACH_WAY.filter((stepCase) => areAllWanted || isWorseSide(stepCase));
  return [...steps, ...LATE, ...CANCELLED_WHILE_STOPPED];
}

const CANCELS = { then: ', cancelled while it stood still', earlier: ', cancelled before' };

const UNTIL = {
  'taken over': ' until another has taken over',
  over: ' until all is over',
  'at last': ', and its message lands long after the thaw',
};

/** The guarantee that a case stands for. */
export function nameOf({ step, side, stop, until, cancel }: StepCase): string {
  const end = stop === 'frozen' ? UNTIL[until] : '';
  return `${stop} ${side} ${step.name}${end}${cancel ? CANCELS[cancel] : ''}`;
}
