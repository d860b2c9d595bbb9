import dynamicNodes from '../data/coreDynamicNodes.json';
import type { NodeDefinition } from '../catalog/nodeDefinition';
import type { Json } from '../json';
import { effectiveInputs } from './dynamicInputs';

const { ResizeImageMaskNode: resize, BatchImagesNode: batch } = dynamicNodes as unknown as Record<
  'ResizeImageMaskNode' | 'BatchImagesNode',
  NodeDefinition
>;

function names(definition: NodeDefinition, given: Record<string, Json>): string[] {
  return effectiveInputs(definition, given).map(({ name }) => name);
}

test('a dynamic combo brings the inputs of what is chosen', () => {
  expect(names(resize, { resize_type: 'scale by multiplier' })).toEqual([
    ...['input', 'resize_type.multiplier', 'resize_type', 'scale_method'],
  ]);
});

test.each([[undefined], ['nonsense'], [['1', 0]]])(
  'a choice that is none brings nothing: %j',
  (choice) => {
    const given: Record<string, Json> = choice === undefined ? {} : { resize_type: choice };
    expect(names(resize, given)).toEqual(['input', 'scale_method']);
  },
);

test('an autogrow is a row of inputs, of which the first few are required', () => {
  const row = effectiveInputs(batch, {});
  expect(row).toHaveLength(50);
  expect(row.slice(0, 2)).toMatchObject([
    { name: 'images.image0', type: 'IMAGE', isRequired: true },
    { name: 'images.image1', type: 'IMAGE', isRequired: false },
  ]);
});
