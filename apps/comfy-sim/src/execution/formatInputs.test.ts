import { plainPicture } from '../pictures/picture';
import { formatInputs } from './formatInputs';

test('a small picture is printed in full, as PyTorch prints a tensor', () => {
  const { image } = formatInputs({ image: plainPicture(1, 2, 1, 0x0000ff) });
  expect(image).toEqual([
    'tensor([[[[0.0000, 0.0000, 1.0000]],\n\n         [[0.0000, 0.0000, 1.0000]]]])',
  ]);
});

test('a large picture is printed with its edges only', () => {
  const { image } = formatInputs({ image: plainPicture(512, 512, 1, 0) });
  expect(String(image)).toContain('...');
  expect(String(image).length).toBeLessThan(1500);
});

test('literals stay as they are', () => {
  expect(formatInputs({ steps: 4, name: 'x' })).toEqual({ steps: [4], name: ['x'] });
});
