import { mkdirSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { isPortFree, reapStale } from '@avatarforge/embedded';
import { systemClock } from '@avatarforge/runtime';
import { renderBoard } from '../board';
import { CliError } from '../cliError';
import { readStartConfig, type StartConfig } from '../config';
import { takeLock } from '../home/lock';
import { listenForStop, type StopSignals } from '../stopSignals';
import { System, urlOf } from '../system';
import { say } from '../terminal';

async function reap(home: string): Promise<void> {
  const names = await reapStale(join(home, 'run'));
  if (names.length > 0) say(`Ended what an earlier run left: ${names.join(', ')}.`);
}

/** The API refuses this itself, but in the words of a log. */
function checkAuth({ host, hasAuth }: StartConfig): void {
  const isLoopback = host === 'localhost' || host === '::1' || host.startsWith('127.');
  if (hasAuth || isLoopback) return;
  throw new CliError(
    `HOST=${host} lets others in, so API keys are needed: AUTH=on HOST=${host} npm start`,
  );
}

async function checkPort({ host, port }: StartConfig): Promise<void> {
  if (await isPortFree(port, host)) return;
  throw new CliError(
    `Port ${port} on ${host} is taken by another program. Stop that program, or take another port: PORT=${port + 1} npm start`,
  );
}

async function stopAll(system: System, force: AbortSignal): Promise<void> {
  if (system.names.length === 0) return;
  process.stdout.write(`Stopping ${system.names.join(', ')} ...`);
  await system.stop(force);
  say(' stopped.');
}

async function run(config: StartConfig, { stop, force }: StopSignals): Promise<void> {
  const system = new System(config, { say, clock: systemClock, signal: stop });
  try {
    const facts = await system.start();
    say(renderBoard(facts));
    system.watch();
    if (!stop.aborted) await once(stop, 'abort');
  } catch (error) {
    // A start that was interrupted by the wish to stop has not failed.
    if (!stop.aborted) throw error;
  } finally {
    await stopAll(system, force);
  }
}

/**
 * Starts the whole of AvatarForge, shows the board, keeps it running, and stops it in order.
 * @returns the exit code. @throws CliError, ConfigError or EmbeddedError with words for people.
 */
export async function up(): Promise<number> {
  const config = readStartConfig();
  checkAuth(config);
  mkdirSync(config.home, { recursive: true, mode: 0o700 });
  const unlock = takeLock({ home: config.home, url: urlOf(config), say });
  const signals = listenForStop();
  try {
    await reap(config.home);
    await checkPort(config);
    await run(config, signals);
    return 0;
  } finally {
    unlock();
    signals.ignore();
  }
}
