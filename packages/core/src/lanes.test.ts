import { DYNAMIC_LANE, laneOf, NO_LANE } from './lanes';

const loader = (ckpt_name: unknown) => ({
  '4': { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name } },
});

test('a lane is a readable label and a hash of the models', () => {
  expect(laneOf(loader('sd/anime v1.safetensors'))).toMatch(/^sd-anime-v1-[0-9a-f]{8}$/);
});

test('names that read alike are different lanes', () => {
  expect(laneOf(loader('a/b.safetensors'))).not.toBe(laneOf(loader('a b.safetensors')));
});

test('a graph without loaders is warm everywhere', () => {
  expect(laneOf({ '1': { class_type: 'EmptyImage', inputs: {} } })).toBe(NO_LANE);
});

test('a loader fed by a link has no affinity', () => {
  expect(laneOf(loader(['7', 0]))).toBe(DYNAMIC_LANE);
});
