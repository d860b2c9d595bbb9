import type { Graph } from './lanes';
import { requirementOf } from './requirements';

const graph = (
  changed: Partial<Record<'ckpt' | 'lora' | 'text' | 'sampler', string>> = {},
): Graph => ({
  '1': {
    class_type: 'CheckpointLoaderSimple',
    inputs: { ckpt_name: changed.ckpt ?? 'a.safetensors' },
  },
  '2': {
    class_type: 'LoraLoader',
    inputs: { lora_name: changed.lora ?? 'l.safetensors', model: ['1', 0] },
  },
  '3': {
    class_type: changed.sampler ?? 'KSampler',
    inputs: { text: changed.text ?? 'a warrior', model: ['2', 0] },
  },
});

test('graphs that differ in words alone need the same', () => {
  expect(requirementOf(graph({ text: 'a mage' }))).toBe(requirementOf(graph()));
});

test.each([{ ckpt: 'b.safetensors' }, { lora: 'm.safetensors' }, { sampler: 'KSamplerAdvanced' }])(
  'another model or node class is another need: %p',
  (changed) => {
    expect(requirementOf(graph(changed))).not.toBe(requirementOf(graph()));
  },
);

test('the order and number of nodes do not matter', () => {
  const { '1': loader, '2': lora, '3': sampler } = graph();
  const other = { '7': sampler!, '8': lora!, '9': loader!, '10': sampler! };
  expect(requirementOf(other)).toBe(requirementOf(graph()));
});

test('what a field of models names is a need, also where it is no file', () => {
  const vae = (name: string): Graph => ({
    '1': { class_type: 'VAELoader', inputs: { vae_name: name } },
  });
  expect(requirementOf(vae('taesd'))).not.toBe(requirementOf(vae('pixel_space')));
});
