import { Wake } from '../wake';

/** What is known of a prompt on its instance while it is followed. */
export class WatchedPrompt {
  /** Calls the follower to look at once. */
  readonly wake = new Wake();
  /** What ComfyUI calls it: an old one makes ids of its own. */
  promptId: string;
  /** The connection broke since it is followed: if ComfyUI no longer knows of it, ComfyUI was restarted. */
  wasCutOff = false;
  /** Its instance takes prompts and works no more. */
  isStranded = false;
  /**
   * When a message named it last, by the monotonic clock. Null when none did, or none can: messages go to the socket
   * that it was submitted under, and to no later one.
   */
  heardAt: number | null = null;
  /** When it became known here that it is to be stopped, by the same clock. Null while it is wanted. */
  cancelledAt: number | null = null;

  constructor(
    readonly attemptId: string,
    /** ComfyUI began to run it. */
    public hasStarted: boolean,
  ) {
    this.promptId = attemptId;
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
    this.isStranded = true;
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
