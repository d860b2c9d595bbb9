import { lighten, mix } from './color';
import type { Look } from './look';
import { Chance } from './random';
import type { Face } from './traits/face';
import type { Hair } from './traits/hair';
import type { Outfit } from './traits/outfit';
import type { Scene } from './traits/scene';

/** A picture a portrait shall resemble: in its person, in its colours, or in both. */
export interface Reference {
  readonly look: Look;
  /** From 0, nothing, to 1, all. */
  readonly weight: number;
  readonly scope: 'all' | 'person' | 'style';
}

/** The parts of a portrait that follow a reference. */
export interface Likeness {
  readonly face: Face;
  readonly hair: Hair;
  readonly outfit: Outfit;
  readonly scene: Scene;
}

/** Draws the parts towards the reference. */
export function resemble(parts: Likeness, { look, weight, scope }: Reference): Likeness {
  const share = Math.min(1, Math.max(0, weight));
  const person = scope === 'style' ? 0 : share;
  const style = scope === 'person' ? share * 0.2 : share * 0.7;
  const { palette } = look;
  return {
    face: resembleFace(parts.face, look, person),
    hair: resembleHair(parts.hair, look, person),
    outfit: {
      ...parts.outfit,
      color: mix(parts.outfit.color, look.clothes, style),
      trim: mix(parts.outfit.trim, palette.accent, style * 0.7),
    },
    scene: {
      ...parts.scene,
      top: mix(parts.scene.top, palette.top, style),
      bottom: mix(parts.scene.bottom, palette.bottom, style),
      glow: mix(parts.scene.glow, lighten(palette.accent, 0.3), style),
    },
  };
}

function resembleFace(face: Face, look: Look, share: number): Face {
  const chance = new Chance(look.identity);
  const towards = (from: number, trait: string, low: number, high: number) =>
    from + (chance.between(trait, low, high) - from) * share;
  const eyes = chance.pick('eye colour', ['#4a2f1d', '#3f7d4a', '#3d78b8', '#8a6a2b', '#4f9a94']);
  return {
    ...face,
    skin: mix(face.skin, look.skin, share * 0.9),
    eyes: share >= 0.5 ? eyes : face.eyes,
    width: towards(face.width, 'width', 72, 84),
    jaw: towards(face.jaw, 'jaw', 36, 60),
    eyeGap: towards(face.eyeGap, 'gap', 33, 39),
    eyeSize: towards(face.eyeSize, 'eyes', 0.88, 1.16),
    nose: towards(face.nose, 'nose', 0.8, 1.25),
  };
}

function resembleHair(hair: Hair, look: Look, share: number): Hair {
  const chance = new Chance(look.identity);
  const fringe = chance.pick<Hair['fringe']>('fringe', ['swept', 'straight', 'parted', 'tousled']);
  return {
    ...hair,
    color: mix(hair.color, look.hair, share * 0.9),
    fringe: share >= 0.5 ? fringe : hair.fringe,
  };
}
