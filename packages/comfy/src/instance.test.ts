import { choicesOf } from './choices';
import { replaying } from './fixtures/using';

test('an instance tells its version, flags and devices', async () => {
  const { client } = await replaying('http_misc');
  expect(await client.systemStats()).toMatchObject({
    version: '0.33.0',
    argv: expect.arrayContaining(['--cpu']) as unknown,
    devices: [{ name: 'cpu', type: 'cpu', index: null, vramTotalBytes: 25276510208 }],
  });
  expect(await client.features()).toMatchObject({ supports_preview_metadata: true });
});

test('model files are listed by folder, an unknown folder is told', async () => {
  const { client } = await replaying('http_misc');
  expect(await client.models('checkpoints')).toEqual(['tiny_sd15.safetensors']);
  expect(await client.models('nope')).toBeNull();
});

test('the folders of models are listed', async () => {
  const { client } = await replaying('http_misc');
  expect(await client.modelFolders()).toEqual(expect.arrayContaining(['checkpoints', 'loras']));
});

test('what an instance leaves out of its stats costs nothing but that', async () => {
  const { client } = await replaying(null, () => ({
    body: { system: { comfyui_version: '9.9.9' }, devices: [{ name: 'gpu', vram_total: 'much' }] },
  }));
  expect(await client.systemStats()).toMatchObject({
    version: '9.9.9',
    ramTotalBytes: null,
    devices: [{ name: 'gpu', type: '', vramTotalBytes: null }],
  });
});

test('pitfall 13: all node classes as text, made valid where it is not, digits kept', async () => {
  const texts = [
    '{"A": {"max": 18446744073709551615, "tip": "NaN"}}',
    '{"A": {"max": 18446744073709551615, "step": NaN, "tip": "NaN"}}',
  ];
  const { client } = await replaying(null, () => ({
    contentType: 'application/json; charset=utf-8',
    body: texts.shift(),
  }));
  expect(await client.objectInfoText()).toBe('{"A": {"max": 18446744073709551615, "tip": "NaN"}}');
  expect(await client.objectInfoText()).toBe(
    '{"A": {"max": 18446744073709551615, "step": null, "tip": "NaN"}}',
  );
});

test.each([
  { body: '<html>', contentType: 'text/html' },
  { body: '{"A": {"max"', contentType: 'application/json' },
  { status: 500, body: '500 Internal Server Error' },
])('%j is no text of node classes', async (answer) => {
  const { client } = await replaying(null, () => answer);
  await expect(client.objectInfoText()).rejects.toMatchObject({ name: 'ComfyUnavailableError' });
});

test('a node class is found with the choices of its inputs, in both forms', async () => {
  const { client } = await replaying('http_misc');
  const loader = await client.nodeClass('CheckpointLoaderSimple');
  expect(choicesOf(loader?.input.required?.['ckpt_name'])).toEqual(['tiny_sd15.safetensors']);
  expect(choicesOf(['COMBO', { multiselect: false, options: ['a', 'b'] }])).toEqual(['a', 'b']);
  expect(choicesOf(['INT', { min: 0 }])).toBeNull();
  expect(choicesOf(undefined)).toBeNull();
  expect(await client.nodeClass('Nope')).toBeNull();
});

test('pitfall 14: the greatest seed of a sampler keeps its digits', async () => {
  const { client } = await replaying(null, () => ({
    contentType: 'application/json',
    body: '{"KSampler": {"input": {"required": {"seed": ["INT", {"max": 18446744073709551615}]}}}}',
  }));
  const { KSampler } = (await client.objectInfo()) as Record<string, { input: object }>;
  expect(KSampler!.input).toEqual({ required: { seed: ['INT', { max: '18446744073709551615' }] } });
});
