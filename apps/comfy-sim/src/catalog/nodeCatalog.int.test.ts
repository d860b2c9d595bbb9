import { SimClient, type Body } from '../fixtures/simClient';
import { createComfySim, type ComfySimOptions } from '../index';

async function ask<T>(
  options: Partial<ComfySimOptions>,
  question: (client: SimClient) => Promise<T>,
): Promise<T> {
  const sim = createComfySim({ port: 0, ...options });
  try {
    return await question(new SimClient((await sim.start()).url));
  } finally {
    await sim.stop();
  }
}

/** What an input of a node class offers, in either form that lists have. */
function listOf(info: Body, name: string, input: string): unknown {
  const { required } = (info[name] as { input: { required: Record<string, unknown[]> } }).input;
  const [type, settings] = required[input] ?? [];
  return type === 'COMBO' ? (settings as { options: unknown }).options : type;
}

test('the loaders offer what lies in the model folders', async () => {
  const [info, folders, loras] = await ask({}, (client) =>
    Promise.all([
      client.get('/object_info'),
      client.get('/models') as unknown as Promise<string[]>,
      client.get('/models/loras'),
    ]),
  );
  expect(listOf(info, 'CheckpointLoaderSimple', 'ckpt_name')).toContain(
    'sd_xl_base_1.0.safetensors',
  );
  expect(listOf(info, 'UNETLoader', 'unet_name')).toEqual(['flux1-dev.safetensors']);
  expect(listOf(info, 'VAELoader', 'vae_name')).toEqual(['ae.safetensors', 'pixel_space']);
  expect(listOf(info, 'UpscaleModelLoader', 'model_name')).toEqual(['RealESRGAN_x4plus.pth']);
  expect(listOf(info, 'DualCLIPLoader', 'clip_name2')).toContain('clip_l.safetensors');
  expect(listOf(info, 'IPAdapterModelLoader', 'ipadapter_file')).toHaveLength(1);
  expect(folders).toContain('ipadapter');
  expect(loras).toEqual(['add_detail.safetensors']);
});

test('models can be replaced and taken away, folder by folder', async () => {
  const models = { loras: [], controlnet: ['b.pth', 'a.pth'], instantid: ['x.bin'] };
  const [info, instantid] = await ask({ models }, (client) =>
    Promise.all([client.get('/object_info'), client.get('/models/instantid')]),
  );
  expect(listOf(info, 'LoraLoader', 'lora_name')).toEqual([]);
  expect(listOf(info, 'ControlNetLoader', 'control_net_name')).toEqual(['a.pth', 'b.pth']);
  expect(listOf(info, 'CLIPVisionLoader', 'clip_name')).toHaveLength(1);
  expect(instantid).toEqual(['x.bin']);
});

test('a pack left out takes its node classes and its model folder away', async () => {
  await ask({ nodePacks: ['core'] }, async (client) => {
    expect(await client.get('/object_info/IPAdapter')).toEqual({});
    expect(await client.get('/object_info/DWPreprocessor')).toEqual({});
    expect(await client.get('/models')).not.toContain('ipadapter');
    expect(await client.status('/models/ipadapter')).toBe(404);
    const inputs = { image: ['1', 0], steps: 1, delay: 0, seed: 0 };
    const prompt = { 1: { class_type: 'LabSlow', inputs } };
    const answer = await client.post('/prompt', { prompt });
    expect(answer).toMatchObject({ status: 400, error: { type: 'missing_node_type' } });
  });
});

test('every diffusion model takes its own time to load', async () => {
  const waits: number[] = [];
  const options = { loadMs: 1, loadMsByModel: { 'flux1-dev.safetensors': 150 }, stepMs: 0 };
  await ask(options, async (client) => {
    for (const [name, inputs] of [
      ['CheckpointLoaderSimple', { ckpt_name: 'sd_xl_base_1.0.safetensors' }],
      ['UNETLoader', { unet_name: 'flux1-dev.safetensors', weight_dtype: 'default' }],
    ] as const) {
      const loader = { class_type: name, inputs };
      const show = { class_type: 'PreviewAny', inputs: { source: ['1', 0] } };
      const begin = performance.now();
      await client.finished(await client.submit({ 1: loader, 2: show }));
      waits.push(performance.now() - begin);
    }
  });
  expect(waits[1]).toBeGreaterThan(149);
});
