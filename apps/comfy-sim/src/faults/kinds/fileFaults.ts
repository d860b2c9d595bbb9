import { z } from 'zod';
import { NodeFailure } from '../../nodes/nodeKind';
import { faultKind } from '../faultKind';
import { refusals } from '../refusals';

const damages = {
  empty: () => Buffer.alloc(0),
  short: (file: Buffer) => file.subarray(0, Math.ceil(file.length / 2)),
  corrupt: (file: Buffer) => Buffer.from(file.map((byte, at) => (at < 8 ? byte : byte ^ 0x5a))),
};

const savesFiles = (nodeClass = '') => /^(Save|Preview)/.test(nodeClass);

/** What goes wrong with files. */
export const fileFaults = {
  file_damaged: faultKind({
    summary:
      '`/view` answers 200 with less than the file: nothing (`empty`), its first half (`short`), or as many bytes with all but the first eight changed (`corrupt`). For a missing file take `http_error` 404.',
    parameters: { how: z.enum(['empty', 'short', 'corrupt']) },
    concerns: (_given, { path }) => path === '/view',
    acts: {
      'http.request': ({ how }, { exchange }) => {
        exchange.alterAnswer(damages[how]);
      },
    },
  }),

  disk_full: faultKind({
    summary:
      'No space left: uploads are answered with the text of a 500, and nodes that write files raise `OSError`.',
    parameters: {},
    concerns: (_given, { path, node_class }) =>
      path === undefined ? savesFiles(node_class) : path.startsWith('/upload/'),
    acts: {
      'http.request': (_given, { exchange }) => {
        exchange.answer(500, refusals[500]);
      },
      'node.run': () => {
        throw new NodeFailure('OSError', '[Errno 28] No space left on device');
      },
    },
  }),
};
