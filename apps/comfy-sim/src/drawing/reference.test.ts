import { readLook } from './look';
import { composePortrait, type PortraitWish } from './portrait';

const wish: PortraitWish = {
  ...{ positive: 'a woman', negative: '', checkpoint: 'photo', sampler: 'euler' },
  ...{ seed: 1, frame: 0, steps: 20, cfg: 7, denoise: 1 },
};
const picture = { kind: 'picture', width: 64, height: 64, frames: [] } as const;
const green = Buffer.alloc(64 * 64 * 3, Buffer.from([20, 160, 60]));

async function portraitLike(weight: number, scope: 'all' | 'style', seed = 1) {
  const look = await readLook(picture, green);
  return composePortrait({ ...wish, seed, references: [{ look, weight, scope }] });
}

test('a weight of nothing changes nothing', async () => {
  expect(await portraitLike(0, 'all')).toEqual(composePortrait(wish));
});

test('one reference gives different seeds one face', async () => {
  const [a, b] = [await portraitLike(1, 'all', 1), await portraitLike(1, 'all', 2)];
  expect([a.face.width, a.face.nose, a.face.eyes]).toEqual([
    b.face.width,
    b.face.nose,
    b.face.eyes,
  ]);
});

test('a reference for style leaves the person alone', async () => {
  const styled = await portraitLike(1, 'style');
  expect(styled.face.width).toBe(composePortrait(wish).face.width);
  expect(styled.face.skin).toBe(composePortrait(wish).face.skin);
  expect(styled.outfit.color).not.toBe(composePortrait(wish).outfit.color);
});
