import { summariseOutputs } from './outputSummary';

const saved = { filename: 'a.png', subfolder: '', type: 'output' };
const temporary = { ...saved, type: 'temp' };

test('a saved file stands for a prompt rather than a temporary one', () => {
  const outputs = { 1: { images: [temporary] }, 2: { images: [saved], animated: [true] } };
  expect(summariseOutputs(outputs)).toEqual({
    outputs_count: 2,
    previewable_outputs_count: 2,
    preview_output: { ...saved, nodeId: '2', mediaType: 'images' },
  });
});

test('what nobody can look at is counted, but stands for nothing', () => {
  const outputs = { 1: { latents: [{ filename: 'a.latent', subfolder: '', type: 'output' }] } };
  expect(summariseOutputs(outputs)).toEqual({
    ...{ outputs_count: 1, previewable_outputs_count: 0, preview_output: undefined },
  });
});

test('the name of a mesh is a file, other strings are none', () => {
  const { outputs_count, preview_output } = summariseOutputs({
    1: { result: ['model.glb', 'words', null] },
  });
  expect([outputs_count, preview_output]).toMatchObject([1, { filename: 'model.glb' }]);
});

test('a long text is cut', () => {
  const { preview_output } = summariseOutputs({ 1: { text: ['x'.repeat(2000)] } });
  expect(preview_output).toMatchObject({ content: 'x'.repeat(1024), truncated: true });
});
