/** A queue that has not changed for so long may be behind a long run, or before nothing. */
const STILL_MS = 60_000;
/** Looks at the queue, a while apart, that found prompts waiting and none running. */
const IDLE_LOOKS = 2;

/**
 * Notices that an instance takes prompts and runs none. ComfyUI runs them in one thread; when that has died, all the
 * rest goes on answering, and only a restart helps. It has no clock of its own.
 */
export class StallWatch {
  private length = 0;
  private since = -Infinity;
  private idleLooks = 0;

  /** Notes how many prompts run or wait. Returns whether the queue is worth a look: reading it is costly. */
  isStill(length: number, at: number): boolean {
    if (length === 0 || length !== this.length) {
      this.length = length;
      this.since = at;
      this.idleLooks = 0;
    }
    return length > 0 && at - this.since >= STILL_MS;
  }

  /** Notes how many prompts were found running. Returns whether the instance has stopped working. */
  isStalled(running: number, at: number): boolean {
    this.since = at;
    this.idleLooks = running === 0 ? this.idleLooks + 1 : 0;
    return this.idleLooks >= IDLE_LOOKS;
  }
}
