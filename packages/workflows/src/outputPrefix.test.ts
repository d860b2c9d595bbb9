import { withOutputPrefix } from './outputPrefix';

const graph = () => ({
  '1:2': { class_type: 'SaveImage', inputs: { filename_prefix: '../../etc/x' } },
  '3': { class_type: 'PreviewImage', inputs: {} },
});

test('pitfall 10: every attempt writes under a prefix of its own, so that no old file is served again', () => {
  const given = graph();
  const copies = ['af/one', 'af/two'].map((prefix) => withOutputPrefix(given, prefix));
  expect(copies.map((copy) => copy['1:2']?.inputs['filename_prefix'])).toEqual([
    'af/one/1-2',
    'af/two/1-2',
  ]);
  expect(given).toEqual(graph());
});

test('pitfall 25: a prefix from outside is not passed on, not even as a link', () => {
  const linked = { '../x': { class_type: 'SaveImage', inputs: { filename_prefix: ['1', 0] } } };
  expect(withOutputPrefix(linked, 'af/a')['../x']?.inputs['filename_prefix']).toBe('af/a/---x');
});

test('a node without a prefix gets none', () => {
  expect(withOutputPrefix(graph(), 'af/a')['3']?.inputs).toEqual({});
});
