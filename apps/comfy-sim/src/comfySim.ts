import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExecutionLog, type Execution } from './execution/executionLog';
import { Faults } from './faults/faults';
import { ignoreLifeEnd } from './faults/lifeEnd';
import { createLife, type Life } from './life';
import { defaultOptions, type ComfySimOptions } from './options';

/** A simulated ComfyUI server in this process. */
export interface ComfySim {
  /**
   * Listens, and tells where. Rejects when the port is taken. After a stop or a crash it begins
   * anew on the same port.
   */
  start(): Promise<{ url: string; port: number }>;
  /** Closes every connection and forgets everything but `input/` and `output/`. */
  stop(): Promise<void>;
  /** What ran so far, oldest first, over all restarts. */
  executions(): readonly Execution[];
  /** What goes wrong on purpose. */
  readonly faults: Faults;
}

/** What a program does when a crash is to be its own; in a test the simulator just stays down. */
export type Die = () => void;

/**
 * Makes a simulator; nothing happens before `start()`. Options left out take their defaults, but
 * without a directory it uses one of its own, which `stop()` removes. Throws InvalidFault when
 * `options.faults` holds none.
 */
export function createComfySim(options: Partial<ComfySimOptions> = {}, die?: Die): ComfySim {
  const ownDirectory = join(tmpdir(), `comfy-sim-${randomUUID()}`);
  const settings = { ...defaultOptions, directory: ownDirectory, ...options };
  const executions = new ExecutionLog(settings.journal);
  const faults = new Faults();
  for (const fault of settings.faults) faults.add(fault);
  let { port } = settings;
  let life: Life | undefined;
  let comeBack: NodeJS.Timeout | undefined;

  const onCrash = (downMs: number | undefined) => {
    life = undefined;
    if (downMs !== undefined)
      comeBack = setTimeout(() => void begin().catch(ignoreLifeEnd), downMs);
    else die?.();
  };
  const begin = async () => {
    if (life) throw new Error('the simulator runs already');
    clearTimeout(comeBack);
    life = createLife({ options: settings, faults, executions, onCrash });
    try {
      port = await life.start(port);
    } catch (error) {
      life = undefined;
      throw error;
    }
  };

  return {
    async start() {
      await begin();
      return { url: `http://${settings.host}:${port}`, port };
    },
    async stop() {
      clearTimeout(comeBack);
      await life?.stop();
      life = undefined;
      await rm(ownDirectory, { recursive: true, force: true });
    },
    executions: () => executions.list(),
    faults,
  };
}
