import { darken, lighten } from '../color';
import type { PromptWords } from '../promptWords';
import type { Chance } from '../random';
import { colorNouns } from '../wardrobe';

export type Motif =
  'none' | 'hills' | 'forest' | 'city' | 'stars' | 'snow' | 'sea' | 'embers' | 'castle' | 'bubbles';

export interface Scene {
  readonly top: string;
  readonly bottom: string;
  readonly glow: string;
  readonly motif: Motif;
  /** Soft lights: place in shares of the picture, radius in 1/512. */
  readonly lights: readonly { readonly x: number; readonly y: number; readonly r: number }[];
}

type Look = readonly [motif: Motif, top: string, bottom: string, glow: string];

const looks: readonly (readonly [readonly string[], Look])[] = [
  [
    ['forest', 'woods', 'jungle', 'elf', 'ranger', 'druid'],
    ['forest', '#8fc7a4', '#2f6b56', '#f4f3c0'],
  ],
  [
    ['city', 'street', 'urban', 'neon', 'cyberpunk'],
    ['city', '#2b2358', '#b0457f', '#ff9ecb'],
  ],
  [
    ['night', 'moon', 'starry', 'space', 'galaxy', 'astronaut', 'vampire'],
    ['stars', '#161a3f', '#51468c', '#c9c4ff'],
  ],
  [
    ['snow', 'winter', 'ice', 'viking'],
    ['snow', '#a9c8e4', '#eef4fa', '#ffffff'],
  ],
  [
    ['sea', 'ocean', 'beach', 'ship', 'pirate', 'water'],
    ['sea', '#9fdcf0', '#f6dfae', '#fff6d8'],
  ],
  [
    ['fire', 'lava', 'demon', 'dragon', 'battle', 'battlefield'],
    ['embers', '#4a1f2c', '#d9662f', '#ffd089'],
  ],
  [
    ['castle', 'king', 'queen', 'princess', 'prince', 'knight', 'medieval'],
    ['castle', '#9fb6e8', '#f3cdb6', '#fff3d6'],
  ],
  [
    ['sunset', 'sunrise', 'dusk', 'desert', 'cowboy'],
    ['hills', '#f29a6b', '#7a4a86', '#ffe0a3'],
  ],
];

type Plain = readonly [top: string, bottom: string, glow: string];

const plain: readonly [Plain, ...Plain[]] = [
  ['#a8d0f0', '#f4e3f0', '#ffffff'],
  ['#f6c6b0', '#f3e5c8', '#fffaf0'],
  ['#b9e0cd', '#e6f0d2', '#ffffff'],
  ['#c6bdf0', '#f6d3e4', '#ffffff'],
  ['#8fb2d8', '#d7e3ee', '#fdfdff'],
  ['#f2b8c8', '#fbe6d4', '#fffaf5'],
  ['#7fa7a5', '#e2d8bd', '#fff8e6'],
];

export function composeScene(words: PromptWords, dust: Chance, chance: Chance): Scene {
  const named = looks.find(([phrases]) => words.has(phrases))?.[1];
  const [top, bottom, glow] = chance.pick('backdrop', plain);
  const motif = chance.pick<Motif>('motif', ['none', 'hills', 'bubbles', 'none']);
  const look: Look = named ?? [motif, top, bottom, glow];
  const color = words.colorOf(colorNouns.backdrop);
  const lights = Array.from({ length: 9 }, (_, at) => ({
    x: dust.number(`x${at}`),
    y: dust.between(`y${at}`, 0, 0.75),
    r: dust.between(`r${at}`, 5, 26),
  }));
  if (color === undefined)
    return { motif: look[0], top: look[1], bottom: look[2], glow: look[3], lights };
  return {
    motif: look[0],
    top: darken(color, 0.1),
    bottom: lighten(color, 0.4),
    glow: lighten(color, 0.7),
    lights,
  };
}
