import type { PromptWords } from '../promptWords';
import type { Chance } from '../random';
import { colorNouns } from '../wardrobe';

export type Mood = 'smile' | 'grin' | 'calm' | 'angry' | 'sad' | 'surprised';

export interface Face {
  readonly skin: string;
  readonly eyes: string;
  /** Half the width of the head and of the jaw. */
  readonly width: number;
  readonly jaw: number;
  readonly eyeGap: number;
  readonly eyeSize: number;
  readonly nose: number;
  readonly mood: Mood;
  readonly hasLashes: boolean;
  readonly hasPointedEars: boolean;
  readonly hasTusks: boolean;
  readonly hasFangs: boolean;
  readonly isMetallic: boolean;
  readonly blush: number;
}

export interface TraitSources {
  readonly words: PromptWords;
  readonly unwanted: PromptWords;
  readonly chance: Chance;
}

const skins = [
  '#fbe0cd',
  '#f6cfb2',
  '#eab991',
  '#d79a6c',
  '#b87748',
  '#8c5734',
  '#643b25',
] as const;
const eyes = ['#4a2f1d', '#6d4423', '#3f7d4a', '#3d78b8', '#5d6f85', '#8a6a2b', '#4f9a94'] as const;

const feminineWords = [
  'woman',
  'girl',
  'female',
  'lady',
  'princess',
  'queen',
  'witch',
  'sorceress',
  'she',
  'her',
  'mother',
  'goddess',
  'fairy',
  'cowgirl',
  'geisha',
  '1girl',
  'heroine',
  'nurse',
  'ballerina',
];
const masculineWords = [
  'man',
  'boy',
  'male',
  'king',
  'prince',
  'gentleman',
  'he',
  'his',
  'father',
  'guy',
  'wizard',
  'viking',
  'cowboy',
  '1boy',
  'barbarian',
  'dwarf',
  'businessman',
  'lumberjack',
];

/** Whether the person looks rather feminine; words decide, else the seed. */
export function isFeminine(words: PromptWords, chance: Chance): boolean {
  if (words.has(feminineWords)) return true;
  return words.has(masculineWords) ? false : chance.isTrue('feminine', 0.5);
}

export function composeFace({ words, chance }: TraitSources): Face {
  const feminine = isFeminine(words, chance);
  return {
    skin: skinOf(words, chance),
    eyes: words.colorOf(colorNouns.eyes) ?? eyeColorOf(words, chance),
    width: chance.between('width', 72, 84),
    jaw: chance.between('jaw', feminine ? 34 : 46, feminine ? 50 : 64),
    eyeGap: chance.between('gap', 33, 39),
    eyeSize: chance.between('eyes', 0.9, 1.14) * (feminine ? 1.05 : 0.96),
    nose: chance.between('nose', 0.8, 1.25),
    mood: moodOf(words, chance),
    hasLashes: feminine,
    hasPointedEars: words.has([
      'elf',
      'elven',
      'elvish',
      'goblin',
      'orc',
      'vampire',
      'fairy',
      'demon',
    ]),
    hasTusks: words.has(['orc', 'troll', 'ogre']),
    hasFangs: words.has(['vampire', 'fang']),
    isMetallic: words.has(['robot', 'cyborg', 'android', 'cybernetic']),
    blush: chance.between('blush', 0.25, 0.6),
  };
}

function skinOf(words: PromptWords, chance: Chance): string {
  const named = words.colorOf(colorNouns.skin);
  if (named !== undefined) return named;
  if (words.has(['robot', 'android'])) return '#b9c3cf';
  if (words.has(['orc', 'goblin', 'troll', 'ogre', 'zombie', 'alien'])) return '#86b06a';
  if (words.has(['vampire', 'ghost', 'pale', 'pale skin'])) return '#f2e6e4';
  if (words.has(['dark skin', 'dark skinned', 'black woman', 'black man'])) return '#6f4229';
  if (words.has(['tanned', 'tan skin'])) return '#cf9463';
  return chance.pick('skin', skins);
}

function eyeColorOf(words: PromptWords, chance: Chance): string {
  if (words.has(['vampire', 'demon'])) return '#c3263a';
  if (words.has(['robot', 'cyborg', 'android'])) return '#35d6f0';
  return chance.pick('eye colour', eyes);
}

function moodOf(words: PromptWords, chance: Chance): Mood {
  if (words.has(['angry', 'furious', 'fierce', 'rage', 'evil'])) return 'angry';
  if (words.has(['sad', 'crying', 'melancholic', 'tired'])) return 'sad';
  if (words.has(['surprised', 'shocked', 'amazed'])) return 'surprised';
  if (words.has(['serious', 'calm', 'stoic', 'neutral', 'determined'])) return 'calm';
  if (words.has(['happy', 'laughing', 'grin', 'cheerful', 'laugh'])) return 'grin';
  return chance.pick('mood', ['smile', 'smile', 'smile', 'grin', 'calm']);
}
