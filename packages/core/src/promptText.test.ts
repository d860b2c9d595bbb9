import { POSE_NAMES } from '@avatarforge/contracts';
import { buildPromptText } from './promptText';

test('prompt, clothing, style and view stand in this order', () => {
  const wish = { prompt: 'a warrior', clothing: 'blue armour', style: 'comic' };
  expect(buildPromptText(wish, 'side')).toBe(
    'a warrior, wearing blue armour, comic art style, side profile view',
  );
});

test('what was not wished for leaves no words', () => {
  expect(buildPromptText({ prompt: 'a warrior', clothing: '' }, null)).toBe('a warrior');
});

test('every pose has words of its own', () => {
  const texts = POSE_NAMES.map((pose) => buildPromptText({ prompt: 'x' }, pose));
  expect(new Set(texts).size).toBe(POSE_NAMES.length);
});
