import { createLogger, onShutdown } from '@avatarforge/runtime';
import { readConfig } from './config';
import { startWorker } from './worker';

async function main(): Promise<void> {
  const config = readConfig();
  const log = createLogger({ name: 'worker', level: config.LOG_LEVEL });
  const releasers = await startWorker(config, log);
  onShutdown(async (signal) => {
    log.info({ signal }, 'worker stopping');
    await releasers.release();
    log.info('worker stopped');
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
