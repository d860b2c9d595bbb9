import type { NodeCatalog } from '../catalog/nodeDefinition';
import { adaptCatalog } from './adaptCatalog';

const catalog: NodeCatalog = {
  Save: {
    input: { required: { images: ['IMAGE'], how: [['a', 'b'], { tooltip: 'How.' }] } },
    output: ['IMAGE'],
    output_node: true,
    has_intermediate_output: false,
  },
  Fresh: { input: {}, output: [], output_node: false },
};

test('fields, classes and inputs that a version lacks are gone, others are as it has them', () => {
  const classes = {
    Save: { output: [], inputs: { how: ['COMBO', { options: ['a'] }] } },
    Fresh: null,
  };
  expect(adaptCatalog(catalog, { absentFields: ['has_intermediate_output'], classes })).toEqual({
    Save: {
      input: {
        required: { images: ['IMAGE'], how: ['COMBO', { options: ['a'], tooltip: 'How.' }] },
      },
      output: [],
      output_node: true,
    },
  });
});

test('an input can be gone, and a class without differences stays', () => {
  const adapted = adaptCatalog(catalog, {
    absentFields: [],
    classes: { Save: { inputs: { how: null } } },
  });
  expect(adapted['Save']?.input).toEqual({ required: { images: ['IMAGE'] } });
  expect(adapted['Fresh']).toEqual(catalog['Fresh']);
});
