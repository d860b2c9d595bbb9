import { Wake } from '../wake';

/** What is known of a prompt on its instance while it is followed. */
export class WatchedPrompt {
  /** Calls the follower to look at once. */
  readonly wake = new Wake();
  /** The connection broke since it is followed: if ComfyUI no longer knows of it, ComfyUI was restarted. */
  wasCutOff = false;

  constructor(
    readonly promptId: string,
    /** ComfyUI began to run it. */
    public hasStarted: boolean,
  ) {}

  /** A message of ComfyUI named it as running. */
  heardStarted(): void {
    this.hasStarted = true;
    this.wake.now();
  }

  heardCutOff(): void {
    this.wasCutOff = true;
    this.wake.now();
  }
}
