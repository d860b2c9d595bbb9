import { testCatalog } from '../fixtures/testCatalog';
import { checkGraphOnPool } from './checkGraphOnPool';

const whole = testCatalog();
const { IPAdapterAdvanced: adapter, ...withoutAdapter } = whole;
const withoutModels = {
  ...withoutAdapter,
  IPAdapterAdvanced: adapter,
  CheckpointLoaderSimple: { input: { required: { ckpt_name: [[]] } }, output: ['MODEL'] },
};

const graph = (checkpoint: string) => ({
  4: { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: checkpoint } },
  5: {
    class_type: 'IPAdapterUnifiedLoader',
    inputs: { model: ['4', 0], preset: 'PLUS (high strength)' },
  },
  6: {
    class_type: 'IPAdapterAdvanced',
    inputs: {
      ...{
        model: ['5', 0],
        ipadapter: ['5', 1],
        image: ['7', 0],
        weight: 1,
        weight_type: 'linear',
      },
      ...{ combine_embeds: 'concat', start_at: 0, end_at: 1, embeds_scaling: 'V only' },
    },
  },
  7: { class_type: 'LoadImage', inputs: { image: 'a.png' } },
  9: { class_type: 'PreviewAny', inputs: { source: ['6', 0] } },
});
const present = graph('anything-v5-PrtRE.safetensors');

test('pitfall 20: a graph runs where its node classes and models are', () => {
  const verdict = checkGraphOnPool(present, [
    { catalog: withoutAdapter, instances: ['a'] },
    { catalog: whole, instances: ['b', 'c'] },
    { catalog: withoutModels, instances: ['d'] },
  ]);
  expect(verdict).toEqual({ runnableOn: ['b', 'c'], unfit: [], issues: [] });
});

test('a graph that runs nowhere: what the nearest instance lacks, and who has it', () => {
  const { runnableOn, issues } = checkGraphOnPool(present, [
    { catalog: {}, instances: ['empty'] },
    { catalog: withoutAdapter, instances: ['a'] },
    { catalog: withoutModels, instances: ['b', 'c'] },
  ]);
  expect(runnableOn).toEqual([]);
  expect(issues).toMatchObject([{ code: 'unknown_node', nodeId: '6', availableOn: ['b', 'c'] }]);
});

test('what is wrong everywhere is available nowhere', () => {
  const { issues } = checkGraphOnPool(graph('unheard.safetensors'), [
    { catalog: whole, instances: ['a'] },
    { catalog: withoutModels, instances: ['b'] },
  ]);
  expect(issues).toMatchObject([{ code: 'missing_model', availableOn: [] }]);
});

test('without a catalog there is no verdict', () => {
  expect(checkGraphOnPool(present, [])).toEqual({ runnableOn: [], unfit: [], issues: [] });
});
