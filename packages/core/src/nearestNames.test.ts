import { nearestNames } from './nearestNames';

test('nearest names see through folders, case, separators and extensions', () => {
  const installed = [
    'SDXL/sd_xl_base_1.0.safetensors',
    'v1-5-pruned.ckpt',
    'sd_xl_refiner_1.0.safetensors',
  ];
  expect(nearestNames('sd-xl-base-1.0.ckpt', installed)[0]).toBe('SDXL/sd_xl_base_1.0.safetensors');
  expect(nearestNames('zzzz', installed)).toEqual([]);
});
