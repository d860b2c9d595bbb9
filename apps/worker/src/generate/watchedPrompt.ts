import type { ProgressReporter } from './progress';
import { Wake } from '../wake';

/** The longest run there is, where nothing is known of its lane. */
const MAX_RUN_MS = 60 * 60_000;

/**
 * The connection to the instance of these prompts broke, in the order in which it got them. If it died, one of them is to
 * blame: the one that ran, else the first that was sent. It may have died so soon that nobody could say that it began.
 */
export function cutOff(prompts: WatchedPrompt[]): void {
  const there = prompts.filter(
    ({ isOver, wasSent, hasStarted }) => !isOver && (wasSent || hasStarted),
  );
  const [first] = there;
  if (first && !there.some(({ hasStarted }) => hasStarted)) first.mayHaveStarted = true;
  for (const prompt of prompts) prompt.heardCutOff();
}

/** What is known of a prompt on its instance while it is followed. */
export class WatchedPrompt {
  /** Calls the follower to look at once. */
  readonly wake = new Wake();
  /** What ComfyUI calls it: an old one makes ids of its own. */
  promptId: string;
  /** ComfyUI has it, or may have it. */
  wasSent = false;
  /** The connection broke since it is followed: if ComfyUI no longer knows of it, ComfyUI was restarted. */
  wasCutOff = false;
  /** Nobody said that it began, and it was next when the connection broke: if ComfyUI died, it may be what killed it. */
  mayHaveStarted = false;
  /** Its instance takes prompts and works no more. */
  isStranded = false;
  /**
   * When a message named it last, by the monotonic clock. Null when none did, or none can: messages go to the socket
   * that it was submitted under, and to no later one.
   */
  heardAt: number | null = null;
  /** When it became known here that it is to be stopped, by the same clock. Null while it is wanted. */
  cancelledAt: number | null = null;
  /** Running longer than this, it hangs; milliseconds. */
  maxRunMs = MAX_RUN_MS;
  /** Another instance could begin it sooner: it is to be given back, unless it has begun. */
  isWantedElsewhere = false;
  /** It was deleted from the queue to be given back. If it is not there any more, it never began. */
  wasTakenOut = false;
  /** Tells how far it is; null for one that was adopted: nothing is heard of that. */
  progress: ProgressReporter | null = null;
  /** It is known how it ended: nothing that becomes of its instance changes that. */
  isOver = false;

  constructor(
    readonly attemptId: string,
    /** ComfyUI began to run it. */
    public hasStarted: boolean,
  ) {
    this.promptId = attemptId;
  }

  /** ComfyUI has it, under this id. */
  found(promptId: string): void {
    this.promptId = promptId;
    this.wasSent = true;
  }

  /** A message of ComfyUI named it as running. */
  heard(at: number): void {
    this.heardAt = at;
    if (this.hasStarted) return;
    this.hasStarted = true;
    this.wake.now();
  }

  heardCutOff(): void {
    this.wasCutOff = true;
    this.heardAt = null;
    this.wake.now();
  }

  strand(): void {
    if (this.isOver) return;
    this.isStranded = true;
    this.wake.now();
  }

  giveBack(): void {
    if (this.isWantedElsewhere) return;
    this.isWantedElsewhere = true;
    this.wake.now();
  }

  get isCancelled(): boolean {
    return this.cancelledAt !== null;
  }

  cancel(at: number): void {
    if (this.isCancelled) return;
    this.cancelledAt = at;
    this.wake.now();
  }
}
