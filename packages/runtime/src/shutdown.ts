const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Calls `handler` at the first SIGTERM or SIGINT, once; later ones are ignored, since the handler's
 * own deadlines end it. A rejection of the handler ends the process as any unhandled one does.
 * Returns a function that stops listening.
 */
export function onShutdown(handler: (signal: NodeJS.Signals) => Promise<void>): () => void {
  let isShuttingDown = false;
  const listener = (signal: NodeJS.Signals) => {
    if (isShuttingDown) return;
    isShuttingDown = true;
    void handler(signal);
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return () => {
    for (const signal of SIGNALS) process.off(signal, listener);
  };
}
