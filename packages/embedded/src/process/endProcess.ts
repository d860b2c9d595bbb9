import { waitUntil } from '../waitUntil';
import { isRunning, type PidFile } from './pidFile';

const KILL_TIMEOUT_MS = 5_000;

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/**
 * Ends a process and its group: asks by `signal`, waits `timeoutMs`, then kills.
 * @throws when even that does not end it within 5 s.
 */
export async function endProcess(
  target: PidFile,
  { signal, timeoutMs }: { signal: NodeJS.Signals; timeoutMs: number },
): Promise<void> {
  const isGone = (): boolean => !isRunning(target);
  if (isGone()) return;
  if (timeoutMs > 0) {
    signalGroup(target.pid, signal);
    if (await waitUntil(isGone, { timeoutMs })) return;
  }
  signalGroup(target.pid, 'SIGKILL');
  if (await waitUntil(isGone, { timeoutMs: KILL_TIMEOUT_MS })) return;
  throw new Error(`process ${target.pid} does not end`);
}
