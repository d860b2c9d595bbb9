import type { PromptWords } from '../promptWords';
import type { Chance } from '../random';
import { colorNouns, type HeadwearKind } from '../wardrobe';
import { isFeminine } from './face';

export type HairCut =
  | 'short'
  | 'spiky'
  | 'curly'
  | 'bob'
  | 'long'
  | 'wavy'
  | 'ponytail'
  | 'bun'
  | 'braids'
  | 'mohawk'
  | 'bald';
export type Fringe = 'swept' | 'straight' | 'parted' | 'tousled';

export interface Hair {
  readonly cut: HairCut;
  readonly fringe: Fringe;
  readonly color: string;
  /** How far it stands off the skull, in 1/512. */
  readonly volume: number;
}

const wordsForCut: readonly (readonly [HairCut, readonly string[]])[] = [
  ['bald', ['bald', 'shaved head', 'hairless', 'robot']],
  ['mohawk', ['mohawk', 'punk']],
  ['braids', ['braid', 'braided', 'pigtail', 'twintail', 'twin tail']],
  ['ponytail', ['ponytail', 'pony tail', 'samurai']],
  ['bun', ['bun', 'topknot', 'updo', 'ballerina', 'geisha']],
  ['curly', ['curly', 'curls', 'afro', 'curly hair']],
  ['wavy', ['wavy', 'flowing hair', 'wavy hair']],
  ['spiky', ['spiky', 'spiky hair', 'messy hair', 'wild hair']],
  ['bob', ['bob', 'bob cut', 'shoulder length']],
  ['long', ['long hair', 'long haired', 'straight hair', 'elf']],
  ['short', ['short hair', 'short haired', 'crew cut', 'buzz cut']],
];

const adjectives = ['long', 'short', 'curly', 'wavy', 'spiky'] as const;

const natural = [
  '#241a17',
  '#3a2419',
  '#5b3822',
  '#7f5230',
  '#a8763f',
  '#d8b06a',
  '#efd9a0',
  '#8f3b20',
  '#c9652f',
  '#5e6068',
] as const;
const fanciful = ['#5b74d6', '#e58bb5', '#7f59b8', '#48a89c', '#dfe3ee'] as const;

const feminineCuts = [
  'long',
  'wavy',
  'bob',
  'ponytail',
  'bun',
  'curly',
  'braids',
  'short',
] as const;
const masculineCuts = ['short', 'spiky', 'short', 'curly', 'long', 'bun', 'spiky'] as const;

export function composeHair(words: PromptWords, chance: Chance): Hair {
  const feminine = isFeminine(words, chance);
  const isHair = (adjective: string) => words.describes(adjective, ['hair', 'haired']);
  const named =
    wordsForCut.find(([, phrases]) => words.has(phrases))?.[0] ??
    adjectives.find((adjective) => isHair(adjective));
  return {
    cut: named ?? chance.pick('cut', feminine ? feminineCuts : masculineCuts),
    fringe: chance.pick('fringe', ['swept', 'straight', 'parted', 'tousled']),
    color: hairColorOf(words, chance),
    volume: chance.between('volume', 10, 20),
  };
}

function hairColorOf(words: PromptWords, chance: Chance): string {
  if (words.has(['blonde', 'blond'])) return '#f0d188';
  const named = words.colorOf(colorNouns.hair);
  if (named !== undefined) return named;
  if (words.has(['brunette'])) return '#57351f';
  if (words.has(['redhead', 'ginger'])) return '#c2562a';
  if (words.has(['old', 'elderly', 'grandmother', 'grandfather', 'santa', 'white haired', 'wise']))
    return '#e6e4e0';
  const isFanciful = words.has(['anime', 'fantasy', 'cyberpunk', 'fairy']);
  return isFanciful ? chance.pick('hair colour', fanciful) : chance.pick('hair colour', natural);
}

const closed: readonly HeadwearKind[] = [
  'helmet',
  'wizardHat',
  'hood',
  'pirateHat',
  'cowboyHat',
  'chefHat',
  'beanie',
  'hat',
  'headband',
];

/** Hair that would stick out of a hat lies flat. */
export function tuckUnder(hair: Hair, headwear: HeadwearKind | undefined): Hair {
  if (headwear === undefined || !closed.includes(headwear)) return hair;
  const flat: Partial<Record<HairCut, HairCut>> = {
    spiky: 'short',
    mohawk: 'short',
    bun: 'short',
    curly: 'bob',
    ponytail: 'long',
  };
  return { ...hair, cut: flat[hair.cut] ?? hair.cut, volume: 4 };
}
