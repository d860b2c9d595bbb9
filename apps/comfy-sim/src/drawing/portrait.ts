import { darken, lighten, mix } from './color';
import type { Palette } from './palette';
import type { Pose } from './pose/pose';
import { PromptWords } from './promptWords';
import { Chance, hash } from './random';
import { resemble, type Reference } from './reference';
import { composeStance, type Stance } from './stance';
import { composeFace, type Face } from './traits/face';
import { composeHair, tuckUnder, type Hair } from './traits/hair';
import { composeOutfit, type Outfit } from './traits/outfit';
import { composeScene, type Scene } from './traits/scene';

export type Style = 'anime' | 'realistic';
export type View = 'front' | 'threeQuarter' | 'side' | 'back';

/** What a sampler node was asked for. */
export interface PortraitWish {
  readonly positive: string;
  readonly negative: string;
  readonly checkpoint: string;
  /** Sampler, scheduler and what else moves nothing but details. */
  readonly sampler: string;
  readonly seed: number;
  /** Place in the batch. */
  readonly frame: number;
  readonly steps: number;
  readonly cfg: number;
  /** From 0 to 1; below 1 what the latent held before shows through. */
  readonly denoise: number;
  /** Colours of the picture in the latent. */
  readonly palette?: Palette;
  /** The portrait in the latent: its person stays. */
  readonly former?: Portrait;
  /** The pose to hold, from 0, not at all, to 1. */
  readonly poseHint?: { readonly pose: Pose; readonly strength: number };
  /** Pictures to resemble, the last one most. */
  readonly references?: readonly Reference[];
}

/** Everything that can be seen on a picture; drawing it needs nothing else. */
export interface Portrait {
  /** Who it is: the same identity has the same face. */
  readonly identity: string;
  readonly style: Style;
  readonly view: View;
  /** Whether a turned figure looks to the left. */
  readonly looksLeft: boolean;
  /** Tilt of the figure in degrees and its shift in 1/512 of the short side. */
  readonly lean: number;
  readonly shift: number;
  /** Given when the figure follows a pose; then lean and shift are not used. */
  readonly stance?: Stance;
  readonly face: Face;
  readonly hair: Hair;
  readonly outfit: Outfit;
  readonly scene: Scene;
  /** Colour over everything, with its opacity. */
  readonly tint: { readonly color: string; readonly opacity: number };
  /** 1 is plain; follows cfg. */
  readonly saturation: number;
  /** Blur in pixels of a 512 picture; few steps leave some. */
  readonly softness: number;
}

const animeNames = /anim|anything|toon|manga|waifu|pony|illust|counterfeit|meina|cetus|comic/i;

/** Decides how a picture looks; the same wish always gives the same portrait. */
export function composePortrait(wish: PortraitWish): Portrait {
  const words = new PromptWords(wish.positive);
  const unwanted = new PromptWords(wish.negative);
  const identity = wish.former?.identity ?? `${wish.seed}/${wish.frame}`;
  const chance = new Chance(identity);
  const influence = wish.palette ? 1 - wish.denoise : 0;
  const outfit = composeOutfit({ words, unwanted, chance });
  const hair = tuckUnder(composeHair(words, chance), outfit.headwear);
  const dust = new Chance(`${identity}|${wish.sampler}|${wish.steps}`);
  const likeness = (wish.references ?? []).reduce(resemble, {
    face: composeFace({ words, unwanted, chance }),
    hair,
    outfit,
    scene: composeScene(words, dust, chance),
  });
  return {
    ...likeness,
    identity,
    style: styleOf(wish, words),
    view: viewOf(words),
    looksLeft:
      words.has(['left', 'facing left']) || (!words.has(['right']) && chance.isTrue('left', 0.5)),
    lean: wish.palette ? (hash(Object.values(wish.palette).join()) % 13) - 6 : 0,
    shift: wish.palette ? Math.round(wish.palette.balance * 60) : 0,
    ...(wish.palette
      ? {
          outfit: dye(likeness.outfit, wish.palette, influence),
          scene: relight(likeness.scene, wish.palette, influence),
        }
      : {}),
    ...(wish.poseHint && wish.poseHint.strength > 0
      ? { stance: composeStance(wish.poseHint.pose, wish.poseHint.strength) }
      : {}),
    tint: { color: wish.palette?.middle ?? '#ffffff', opacity: 0.3 * influence },
    saturation: Math.min(1.35, Math.max(0.7, 0.9 + (wish.cfg - 4) * 0.03)),
    softness: Math.max(0, 6 - wish.steps) * 0.5,
  };
}

function dye(outfit: Outfit, palette: Palette, share: number): Outfit {
  return {
    ...outfit,
    color: mix(outfit.color, palette.bottom, share * 0.7),
    trim: mix(outfit.trim, palette.accent, share),
    extra: mix(outfit.extra, palette.accent, share * 0.8),
  };
}

function relight(scene: Scene, palette: Palette, share: number): Scene {
  const reach = Math.min(1, 0.35 + share);
  return {
    ...scene,
    top: mix(scene.top, darken(palette.top, 0.1), reach),
    bottom: mix(scene.bottom, palette.bottom, reach),
    glow: mix(scene.glow, lighten(palette.accent, 0.3), reach),
  };
}

function styleOf(wish: PortraitWish, words: PromptWords): Style {
  if (words.has(['photo', 'photorealistic', 'photograph', 'realistic photo'])) return 'realistic';
  if (words.has(['anime', 'manga', 'cartoon'])) return 'anime';
  return animeNames.test(wish.checkpoint) ? 'anime' : 'realistic';
}

function viewOf(words: PromptWords): View {
  if (words.has(['back view', 'from behind', 'rear view', 'from the back', 'back turned']))
    return 'back';
  if (words.has(['three quarter', '3/4', '3/4 view', 'three quarters', 'quarter view']))
    return 'threeQuarter';
  if (words.has(['side view', 'side profile', 'profile', 'from the side', 'from side']))
    return 'side';
  return 'front';
}
