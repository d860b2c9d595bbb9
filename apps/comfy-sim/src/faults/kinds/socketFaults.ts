import { z } from 'zod';
import { faultKind, milliseconds, momentKind } from '../faultKind';

const oneClient = { client_id: z.string().min(1).optional() };
const pollMs = 5;

/** What goes wrong with sockets. The server sends in order and once; so nothing here reorders or doubles. */
export const socketFaults = {
  frames_dropped: faultKind({
    summary: 'Messages are lost on their way to the socket; `match: {event}` says which.',
    parameters: {},
    alters: { 'frame.sent': () => undefined },
  }),

  frames_late: faultKind({
    summary: 'All messages arrive so much later than they were made, in their order.',
    parameters: { ms: milliseconds },
    acts: {
      'frame.ready': ({ ms }, { madeAt }, { wait }) =>
        wait(Math.max(0, madeAt + ms - performance.now())),
    },
  }),

  frames_stalled: faultKind({
    summary:
      'The loop that sends stands still for everyone until the fault is removed, as it does while one socket is not read; then all messages arrive at once. New sockets still get their first `status`.',
    parameters: {},
    acts: {
      'frame.ready': async (_given, _scene, { removal, wait }) => {
        while (!removal.aborted) await wait(pollMs);
      },
    },
  }),

  sockets_cut: momentKind({
    summary: 'Sockets break without a goodbye (1006): all, or one client’s.',
    parameters: oneClient,
    act: ({ client_id }, { server }) => {
      for (const socket of server.hub.connections(client_id)) socket.terminate();
    },
  }),

  socket_half_open: momentKind({
    summary:
      'Sockets look open and are dead: nothing arrives, pings have no answer, and the server does not notice when the client leaves.',
    parameters: oneClient,
    act: ({ client_id }, { server }) => {
      for (const socket of server.hub.connections(client_id)) socket.pause();
    },
  }),

  socket_forgotten: momentKind({
    summary:
      'The server forgets a socket that stays open, as it does when an older socket of the same client closes: it gets nothing more, not even `status`.',
    parameters: { client_id: z.string().min(1) },
    act: ({ client_id }, { server }) => {
      server.hub.forget(client_id);
    },
  }),
};
