import { createComfySim } from './comfySim';
import { readConfig } from './config';

function log(level: 'info' | 'error', msg: string, fields: Record<string, unknown> = {}): void {
  process.stdout.write(`${JSON.stringify({ level, msg, ...fields })}\n`);
}

async function main(): Promise<void> {
  const sim = createComfySim(readConfig(), () => process.kill(process.pid, 'SIGKILL'));
  const { url } = await sim.start();
  log('info', 'comfy-sim listening', { url });
  const stop = (): void => {
    sim.stop().then(
      () => {
        log('info', 'comfy-sim stopped');
      },
      (error: unknown) => {
        log('error', 'comfy-sim did not stop cleanly', { error: String(error) });
        process.exitCode = 1;
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

main().catch((error: unknown) => {
  log('error', 'comfy-sim did not start', { error: String(error) });
  process.exitCode = 1;
});
