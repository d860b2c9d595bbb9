import { isRunByNpm } from './config';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** npm hands on the signal that the terminal has sent us already: one Ctrl-C may arrive twice. */
const SAME_KEYSTROKE_MS = 700;
const PARENT_CHECK_MS = 200;

/** The wish to stop: `stop` is aborted by the first signal, `force` by a later one. */
export interface StopSignals {
  stop: AbortSignal;
  force: AbortSignal;
  ignore: () => void;
}

/** npm hands SIGTERM to its shell, and some shells end without handing it on. */
function watchParent(onGone: () => void): () => void {
  if (!isRunByNpm()) return () => undefined;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid !== parent) onGone();
  }, PARENT_CHECK_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}

/** Listens for Ctrl-C, SIGTERM and a closed terminal, until `ignore` is called. */
export function listenForStop(now: () => number = Date.now): StopSignals {
  const stop = new AbortController();
  const force = new AbortController();
  let firstAt = 0;
  const begin = (reason: string): void => {
    firstAt = now();
    stop.abort(new Error(`stopped by ${reason}`));
  };
  const listener = (signal: NodeJS.Signals): void => {
    if (!stop.signal.aborted) begin(signal);
    else if (now() - firstAt > SAME_KEYSTROKE_MS) force.abort(new Error(`forced by ${signal}`));
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  const unwatch = watchParent(() => {
    unwatch();
    begin('the end of npm');
  });
  const ignore = (): void => {
    unwatch();
    for (const signal of SIGNALS) process.off(signal, listener);
  };
  return { stop: stop.signal, force: force.signal, ignore };
}
