import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTranscript, recordedDialogue, type Dialogue } from './fixtures/dialogue';
import { normalise } from './fixtures/normalise';
import { Replay } from './fixtures/replay';
import { VirtualClock } from './fixtures/virtualClock';
import { createComfySim, type ComfySim } from './index';
import { comfyVersions, type ComfyVersion } from './options';

/** In this order they were recorded: each builds on the cache and the numbers of those before it. */
const scenarios = [
  'success',
  'fully_cached',
  'fully_cached_no_client',
  'no_client_id',
  'node_error',
  'node_oom',
  'interrupted',
  'txt2img_preview_legacy',
  'txt2img_preview_metadata',
  'two_queued',
  'reconnect',
  'http_misc',
];

/** What was on the disks of the recorded servers, and the order of their sets, which is chance. */
const servers: Record<ComfyVersion, { files: string[]; setOrder: string[] }> = {
  '0.3.43': {
    files: ['output/sd_00004_.png'],
    setOrder: ['2', '3', '4', '6', 'batch_size', 'color', 'height'],
  },
  '0.3.64': {
    files: ['output/rec_00005_.png', 'output/sd_00006_.png'],
    setOrder: ['2', '3', '4', '6', 'height', 'batch_size', 'color'],
  },
  '0.18.0': {
    files: ['output/rec_00010_.png', 'output/sd_00008_.png'],
    setOrder: ['3', '4', '2', '6', 'color', 'height', 'batch_size'],
  },
  '0.33.0': {
    files: [
      ...['output/rec_00005_.png', 'output/sd_00006_.png'],
      ...['input/a.png', 'input/a (1).png'],
    ],
    setOrder: ['2', '4', '6', '3', 'batch_size', 'height', 'color'],
  },
};

describe.each(comfyVersions)('dialogues recorded from ComfyUI %s', (version) => {
  const clock = new VirtualClock();
  let directory: string;
  let sim: ComfySim;
  let url: string;

  beforeAll(async () => {
    const { files, setOrder } = servers[version];
    directory = await mkdtemp(join(tmpdir(), 'comfy-sim-'));
    for (const folder of ['input', 'output']) await mkdir(join(directory, folder));
    for (const file of files) await writeFile(join(directory, file), '');
    const installed = {
      nodePacks: ['core', 'lab'],
      checkpoints: ['tiny_sd15.safetensors'],
      models: {},
    } as const;
    sim = createComfySim({
      ...{ version, port: 0, directory, setOrder, clock, ...installed },
      previewMethod: 'latent2rgb',
    });
    ({ url } = await sim.start());
  });

  afterAll(async () => {
    await sim.stop();
    await rm(directory, { recursive: true });
  });

  test.each(scenarios)('%s: same messages, same order, same fields', async (name) => {
    const events = await readTranscript(version, name);
    const replayed = comparable(await new Replay(url, clock, events).run());
    expect(replayed).toEqual(comparable(recordedDialogue(events)));
  });
});

function comparable({ frames, answers }: Dialogue): unknown {
  const heard = Object.entries(frames).map(
    ([client, all]) => [client, arrivalsFirst(all)] as const,
  );
  return normalise({ frames: Object.fromEntries(heard), answers });
}

// Between which of A's messages the arrival of B's prompt is told is a matter of microseconds.
function arrivalsFirst(frames: unknown[]): unknown[] {
  const isArrival = (frame: unknown) => JSON.stringify(frame).includes('"queue_remaining":2');
  return [...frames.filter(isArrival), ...frames.filter((frame) => !isArrival(frame))];
}
