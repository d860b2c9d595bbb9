import type { RunningService, ServiceExit } from '@avatarforge/embedded';
import { backoff, type Clock } from '@avatarforge/runtime';

/** A service as data: its name and the way to start it. */
export interface ServiceDefinition<Running extends RunningService = RunningService> {
  name: string;
  start: (signal: AbortSignal) => Promise<Running>;
}

/** What supervision needs of its surroundings. */
export interface Surroundings {
  say: (line: string) => void;
  clock: Clock;
  /** Aborted when everything is to stop. */
  signal: AbortSignal;
}

const waitMs = backoff({ baseMs: 500, maxMs: 10_000 });
const HEALTHY_AFTER_MS = 30_000;

function describeExit({ code, signal }: ServiceExit): string {
  return signal ? `was ended by ${signal}` : `ended with code ${code ?? 'unknown'}`;
}

/** A service that is started again, with growing pauses, whenever its process ends. */
export class SupervisedService<Running extends RunningService = RunningService> {
  #running: Running;
  #watching: Promise<void> = Promise.resolve();

  private constructor(
    private readonly definition: ServiceDefinition<Running>,
    private readonly surroundings: Surroundings,
    running: Running,
  ) {
    this.#running = running;
  }

  /** Starts the service; `watch` begins to supervise it. @throws what the start throws. */
  static async start<Running extends RunningService>(
    definition: ServiceDefinition<Running>,
    surroundings: Surroundings,
  ): Promise<SupervisedService<Running>> {
    const running = await definition.start(surroundings.signal);
    return new SupervisedService(definition, surroundings, running);
  }

  get name(): string {
    return this.definition.name;
  }

  get running(): Running {
    return this.#running;
  }

  /** From now on a dead process is replaced, until the signal is aborted. */
  watch(): void {
    this.#watching = this.#keepAlive();
  }

  /** Waits for a restart that is under way, then stops the process; `timeoutMs` 0 kills it. */
  async stop(timeoutMs?: number): Promise<void> {
    await this.#watching;
    await this.#running.stop(timeoutMs);
  }

  async #keepAlive(): Promise<void> {
    const { say, clock, signal } = this.surroundings;
    const stopped = new Promise<'stopped'>((resolve) => {
      signal.addEventListener('abort', () => {
        resolve('stopped');
      });
    });
    let retry = 0;
    while (!signal.aborted) {
      const began = clock.now();
      const { pid, exited } = this.#running;
      const exit = await Promise.race([exited, stopped]);
      if (exit === 'stopped') return;
      if (clock.now() - began >= HEALTHY_AFTER_MS) retry = 0;
      say(`${this.name} (pid ${pid}) ${describeExit(exit)}; starting it again.`);
      retry = await this.#restart(retry);
    }
  }

  /** @returns how many tries there have been without a healthy while between them. */
  async #restart(retry: number): Promise<number> {
    const { say, clock, signal } = this.surroundings;
    const isStopping = (): boolean => signal.aborted;
    for (let tries = retry; ; tries += 1) {
      await clock.sleep(waitMs(tries), signal);
      if (isStopping()) return tries;
      try {
        this.#running = await this.definition.start(signal);
        say(`${this.name} runs again (pid ${this.#running.pid}).`);
        return tries + 1;
      } catch (error) {
        if (isStopping()) return tries;
        say(
          `${this.name} could not be started: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    }
  }
}
