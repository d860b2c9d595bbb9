import { caching } from './caching';
import { cancels } from './cancels';
import { candidates } from './candidates';
import { failures } from './failures';
import { tryOn } from './guarantee';
import { introductions } from './introductions';
import { media } from './media';
import { models } from './models';
import { preflight } from './preflight';
import { queueing } from './queueing';
import { refusals } from './refusals';
import { toText } from './report';
import { runs } from './runs';
import { sockets } from './sockets';
import { uploads } from './uploads';

jest.setTimeout(600_000);

const CONCERNS = [
  ...[introductions, runs, caching, refusals, failures, uploads, cancels],
  ...[queueing, sockets, media, models, preflight],
];
const all = candidates();

const findings = all.map((candidate) =>
  tryOn(candidate, (guarantee) => {
    for (const concern of CONCERNS) concern(guarantee);
  }),
);

afterAll(() => {
  const hasReal = all.some(({ isSimulator }) => !isSimulator);
  const note = 'No real ComfyUI was tried: COMFYUI_URLS is not set.';
  process.stdout.write(toText(findings, hasReal ? [] : [note]));
});
