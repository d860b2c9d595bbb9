/** A wake-up call: whoever waits goes on; one that comes while nobody waits is kept for the next. */
export class Wake {
  private isDue = false;
  private wakeSleeper: (() => void) | null = null;

  now(): void {
    this.isDue = true;
    this.wakeSleeper?.();
  }

  /** Waits for a call, `ms` at most, or until `signal` aborts. For one waiter at a time. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.isDue && !signal.aborted) await this.sleep(ms, signal);
    this.isDue = false;
  }

  private sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        this.wakeSleeper = null;
        resolve();
      };
      const timer = setTimeout(wake, ms);
      signal.addEventListener('abort', wake);
      this.wakeSleeper = wake;
    });
  }
}
