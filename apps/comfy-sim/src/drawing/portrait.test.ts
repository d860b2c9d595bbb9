import { composePortrait, type PortraitWish } from './portrait';
import { drawPortrait } from './renderPortrait';

const wish: PortraitWish = {
  positive: 'portrait of a woman',
  negative: '',
  checkpoint: 'realisticVision.safetensors',
  sampler: 'euler/normal',
  seed: 7,
  frame: 0,
  steps: 20,
  cfg: 7,
  denoise: 1,
};

const size = { width: 512, height: 512 };

function draw(change: Partial<PortraitWish> = {}): string {
  return drawPortrait(composePortrait({ ...wish, ...change }), size);
}

const green = {
  top: '#103010',
  middle: '#208030',
  bottom: '#0a2010',
  accent: '#30e050',
  balance: -0.5,
};
const red = { ...green, middle: '#b03020', accent: '#ff4020', balance: 0.5 };

test('the same wish is drawn the same', () => {
  expect(draw()).toBe(draw());
});

test.each<[string, Partial<PortraitWish>]>([
  ['seed', { seed: 8 }],
  ['place in the batch', { frame: 1 }],
  ['checkpoint', { checkpoint: 'anything-v5.safetensors' }],
  ['steps', { steps: 21 }],
  ['sampler', { sampler: 'ddim/normal' }],
  ['a side view', { positive: 'portrait of a woman, side profile' }],
  ['a back view', { positive: 'portrait of a woman, back view' }],
  ['a three-quarter view', { positive: 'portrait of a woman, three-quarter view' }],
  ['a worn thing', { positive: 'portrait of a woman wearing a space suit' }],
  ['a picture below', { denoise: 0.6, palette: green }],
])('%s changes the drawing', (_name, change) => {
  expect(draw(change)).not.toBe(draw());
});

test('cfg changes the saturation', () => {
  const saturation = (cfg: number) => composePortrait({ ...wish, cfg }).saturation;
  expect(saturation(9)).toBeGreaterThan(saturation(5));
});

test('another picture below gives another drawing, and a higher denoise hides it', () => {
  const below = (palette: typeof green, denoise: number) =>
    composePortrait({ ...wish, palette, denoise });
  expect(below(green, 0.5).scene.top).not.toBe(composePortrait(wish).scene.top);
  expect(below(green, 0.5).tint).not.toEqual(below(red, 0.5).tint);
  expect(below(green, 0.9).tint.opacity).toBeLessThan(below(green, 0.5).tint.opacity);
});

test('a second pass keeps the person of the first', () => {
  const former = composePortrait(wish);
  const second = composePortrait({ ...wish, seed: 99, denoise: 0.5, former });
  expect(second.face).toEqual(former.face);
});

test('colours go to the noun behind them', () => {
  const positive = 'a warrior in blue armour, red hair, green eyes, purple background';
  const { outfit, hair, face, scene } = composePortrait({ ...wish, positive });
  expect(outfit).toMatchObject({ kind: 'armour', color: '#3563c4', headwear: 'helmet' });
  expect([hair.color, face.eyes]).toEqual(['#cf3338', '#3c9352']);
  expect(scene.top).not.toBe(composePortrait(wish).scene.top);
});

test('what the negative prompt names is left out', () => {
  const positive = 'a warrior with a sword';
  const { outfit } = composePortrait({ ...wish, positive, negative: 'helmet, sword' });
  expect(outfit.headwear).toBeUndefined();
  expect(outfit.accessories).not.toContain('sword');
});
