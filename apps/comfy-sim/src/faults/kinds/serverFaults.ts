import { faultKind, milliseconds, momentKind } from '../faultKind';

/** What happens to the server as a whole. */
export const serverFaults = {
  crash: momentKind({
    summary:
      'The process dies: sockets close with 1006, connections are refused, and queue, history, counter, cache and loaded models are lost; files stay. Back on the same port after `down_ms`. Without it, it stays down; the program then kills its own process.',
    parameters: { down_ms: milliseconds.optional() },
    act: ({ down_ms }, { server }) => {
      server.crash(down_ms);
    },
  }),

  slow_start: faultKind({
    summary: 'At its next start the server listens only after so long.',
    parameters: { ms: milliseconds },
    acts: { 'server.start': ({ ms }, _scene, { wait }) => wait(ms) },
  }),

  connections_refused: momentKind({
    summary:
      'New connections are refused for so long; sockets that are open stay, and all memory is kept.',
    parameters: { ms: milliseconds },
    act: ({ ms }, { server }) => {
      server.refuseConnections(ms);
    },
  }),

  history_lost: momentKind({
    summary: 'The whole history is gone, as if somebody had cleared it by hand.',
    parameters: {},
    act: (_given, { server }) => {
      server.queue.history.clear();
    },
  }),

  queue_cleared: momentKind({
    summary: 'All pending prompts are gone, as if somebody had cleared the queue by hand.',
    parameters: {},
    act: (_given, { server }) => {
      server.queue.clear();
    },
  }),
};
