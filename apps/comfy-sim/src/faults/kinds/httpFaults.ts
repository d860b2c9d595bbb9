import { z } from 'zod';
import { faultKind, milliseconds } from '../faultKind';
import { refusals } from '../refusals';
import { withNaN } from '../withNaN';

const bytes = z.int().min(0);
/** Whether the server does what was asked before things go wrong. */
const isHandled = z.boolean().default(true);

/** What goes wrong between client and server. All take `match: {method, path}`; no `/api` in front. */
export const httpFaults = {
  http_error: faultKind({
    summary:
      'The request is refused: 400, 403 and 404 without a body, 413 and 500 with the text of the real server, 401, 502, 503 and 504 with the page of a proxy in front, and 200 with its login page. Also for `/ws`.',
    parameters: { status: z.literal([200, 400, 401, 403, 404, 413, 500, 502, 503, 504]) },
    acts: {
      'http.request': ({ status }, { exchange }) => {
        exchange.answer(status, refusals[status]);
      },
    },
  }),

  http_slow: faultKind({
    summary:
      'The answer comes so much later. `handled: true` (the default) does the work first, so that messages about a prompt precede the answer to its POST.',
    parameters: { ms: milliseconds, handled: isHandled },
    acts: {
      'http.request': async ({ ms, handled }, { exchange }, { wait }) => {
        if (handled) exchange.holdAnswer(() => wait(ms));
        else await wait(ms);
      },
    },
  }),

  http_silence: faultKind({
    summary:
      'The request is never answered, and the connection stays open. `handled: true` (the default) does the work, so that a prompt is queued all the same.',
    parameters: { handled: isHandled },
    acts: {
      'http.request': ({ handled }, { exchange }) => {
        if (handled) exchange.holdAnswer(() => new Promise(() => undefined));
        else exchange.ignore();
      },
    },
  }),

  http_cut: faultKind({
    summary:
      'The connection breaks after so many bytes of the body; 0, the default, breaks it before the headers. `handled: false` breaks it before anything is done.',
    parameters: { bytes: bytes.default(0), handled: isHandled },
    acts: {
      'http.request': (given, { exchange }) => {
        if (given.handled) exchange.cutAnswer(given.bytes);
        else exchange.cut();
      },
    },
  }),

  nan_json: faultKind({
    summary:
      'Bare `NaN` in JSON, as custom nodes cause it: as `is_changed` in every graph, as a default in `object_info`, and among the outputs in `executed` messages and the history.',
    parameters: {},
    acts: {
      'http.request': (_given, { exchange }) => {
        exchange.alterAnswer((body, type) =>
          type.startsWith('application/json') ? Buffer.from(withNaN(body.toString())) : body,
        );
      },
    },
    alters: {
      'frame.sent': (_given, frame) => (typeof frame === 'string' ? withNaN(frame) : frame),
    },
  }),
};
