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
