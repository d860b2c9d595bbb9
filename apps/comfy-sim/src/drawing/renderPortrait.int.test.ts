import { composePortrait } from './portrait';
import { renderPortrait } from './renderPortrait';
import { accessoryWords, headwearWords, outfitWords } from './wardrobe';

const things = [...outfitWords, ...headwearWords].map(([, [word]]) => word);
const views = ['front view', 'three-quarter view', 'side view', 'back view'];
const cuts = 'bald mohawk braids ponytail bun curly wavy spiky bob'.split(' ');
const moods = 'angry sad surprised happy calm'.split(' ');
const places = 'forest city night snow sea fire castle sunset'.split(' ');
const accessories = Object.values(accessoryWords).map(([word]) => word);
const people = 'orc robot vampire elf'.split(' ');
const words = [...things, ...cuts, ...moods, ...places, ...accessories, ...people];

test.each(views)('everything that can be drawn is drawn in a %s', async (view) => {
  const side = 48;
  for (const [at, word] of words.entries()) {
    const portrait = composePortrait({
      positive: `${word}, ${view}`,
      negative: '',
      checkpoint: at % 2 ? 'anything' : 'photo',
      sampler: 'euler/normal',
      seed: at,
      frame: 0,
      steps: at % 8,
      cfg: 7,
      denoise: 1,
    });
    const pixels = await renderPortrait(portrait, side, side + 8);
    expect([word, pixels.length]).toEqual([word, side * (side + 8) * 3]);
  }
});
