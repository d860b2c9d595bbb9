import { darken, lighten } from '../color';
import type { PromptWords } from '../promptWords';
import { Chance } from '../random';
import {
  accessoryWords,
  colorNouns,
  headwearWords,
  outfitWords,
  type Accessory,
  type HeadwearKind,
  type OutfitKind,
} from '../wardrobe';
import { isFeminine, type TraitSources } from './face';

export interface Outfit {
  readonly kind: OutfitKind;
  readonly color: string;
  readonly trim: string;
  readonly headwear: HeadwearKind | undefined;
  readonly headwearColor: string;
  readonly accessories: readonly Accessory[];
  /** Colour of cape, scarf and the like. */
  readonly extra: string;
  /** Width of the shoulders; 1 is plain. */
  readonly build: number;
}

const everyday = [
  '#4b6fb0',
  '#b0524f',
  '#5a8f6b',
  '#7a5a9c',
  '#d08a3e',
  '#3f5062',
  '#c4708e',
  '#4f9aa6',
  '#8a8f57',
] as const;
const ownColors: Partial<Record<OutfitKind, string>> = {
  armour: '#a4aebb',
  spacesuit: '#eef0f2',
  coat: '#f1f0ec',
  suit: '#39415a',
  jacket: '#3b3238',
};

export function composeOutfit({ words, unwanted, chance }: TraitSources): Outfit {
  const worn = words.wearing();
  const kind = outfitOf(words, worn, chance);
  const color = outfitColorOf(words, { kind, worn, chance });
  const headwear = headwearWords.find(([, p]) => words.has(p) && !unwanted.has(p))?.[0];
  const metal = headwear === 'helmet' && kind === 'armour' ? color : undefined;
  return {
    kind,
    color,
    trim: words.has(['gold', 'golden']) || kind === 'armour' ? '#d9ab47' : trimOf(color, chance),
    headwear,
    headwearColor:
      words.colorOf(colorNouns.headwear) ?? metal ?? defaultHeadwearColor(headwear, color),
    accessories: accessoriesOf({ words, unwanted, chance }),
    extra:
      words.colorOf(colorNouns.extra) ??
      chance.pick('extra', ['#a8323e', '#33528f', '#5d3a78', '#2f6b52', '#c9822f']),
    build: isFeminine(words, chance)
      ? chance.between('build', 0.86, 0.96)
      : chance.between('build', 0.98, 1.12),
  };
}

function outfitOf(words: PromptWords, worn: string | undefined, chance: Chance): OutfitKind {
  const byWorn = worn === undefined ? undefined : findKind(` ${worn} `);
  const named = byWorn ?? outfitWords.find(([, phrases]) => words.has(phrases))?.[0];
  return (
    named ??
    chance.pick('outfit', ['shirt', 'hoodie', 'jacket', 'shirt', 'hoodie', 'suit', 'cloak'])
  );
}

function findKind(text: string): OutfitKind | undefined {
  return outfitWords.find(([, phrases]) =>
    phrases.some((phrase) => text.includes(` ${phrase}`)),
  )?.[0];
}

interface ColorSources {
  readonly kind: OutfitKind;
  readonly worn: string | undefined;
  readonly chance: Chance;
}

function outfitColorOf(words: PromptWords, { kind, worn, chance }: ColorSources): string {
  const phrases = outfitWords.flatMap(([, names]) => names.flatMap((name) => name.split(' ')));
  const claimed = Object.values(colorNouns).flat();
  const named = words.colorOf(phrases) ?? words.looseColor(claimed);
  if (named !== undefined) return named;
  // Clothes without a drawing of their own at least have a colour of their own.
  const source = worn === undefined ? chance : new Chance(`${chance.seed}|${worn}`);
  return ownColors[kind] ?? source.pick('outfit colour', everyday);
}

function trimOf(color: string, chance: Chance): string {
  return chance.isTrue('light trim', 0.6) ? lighten(color, 0.55) : darken(color, 0.45);
}

const ownHeadwearColors: Partial<Record<HeadwearKind, string>> = {
  helmet: '#a4aebb',
  crown: '#e4b43f',
  tiara: '#e4b43f',
  halo: '#e4b43f',
  horns: '#5a4650',
  chefHat: '#f5f4f0',
  bubble: '#f5f4f0',
  cowboyHat: '#8a5a34',
  pirateHat: '#2b2830',
};

function defaultHeadwearColor(headwear: HeadwearKind | undefined, outfit: string): string {
  return (headwear && ownHeadwearColors[headwear]) ?? darken(outfit, 0.15);
}

function accessoriesOf({ words, unwanted, chance }: TraitSources): Accessory[] {
  const names = Object.keys(accessoryWords) as Accessory[];
  const named = names.filter((name) => words.has(accessoryWords[name]));
  const byChance: Accessory[] = [];
  const feminine = isFeminine(words, chance);
  if (chance.isTrue('freckles', 0.18)) byChance.push('freckles');
  if (feminine && chance.isTrue('earrings', 0.4)) byChance.push('earrings');
  if (!feminine && chance.isTrue('beard', 0.3)) byChance.push('beard');
  if (named.length === 0 && chance.isTrue('glasses', 0.15)) byChance.push('glasses');
  return [...new Set([...named, ...byChance])].filter(
    (name) => !unwanted.has(accessoryWords[name]),
  );
}
