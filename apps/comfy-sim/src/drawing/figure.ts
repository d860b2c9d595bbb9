import type { Portrait } from './portrait';
import { drawBehindBody, drawOnFace, drawOnProfile, drawOverBody } from './parts/accessories';
import { drawNeck } from './parts/body';
import { drawClothes } from './parts/clothes';
import { drawFaceFront } from './parts/faceFront';
import { drawEarSide, drawFaceSide } from './parts/faceSide';
import { drawHairBehind, drawHairFront } from './parts/hairFront';
import { drawHairSide, drawHairSideBehind } from './parts/hairSide';
import { drawHeadBack } from './parts/headBack';
import { drawHeadwear } from './parts/headwear';
import { clipToTrunk, drawArms, drawLegs } from './parts/limbs';
import { middle, moved, type Pen } from './parts/pen';
import { mirrorStance } from './stance';

// How far the features move to the side in a three-quarter view, in 1/512.
const quarterTurn = 25;

/** The person, from back to front, in a 512 wide frame; looks to the right when turned. */
export function drawFigure(pen: Pen, given: Portrait): string {
  const { view } = given;
  const isMirrored = (view === 'side' || view === 'threeQuarter') && given.looksLeft;
  // Drawn mirrored, arms and legs must be so beforehand to end where the pose has them.
  const portrait =
    isMirrored && given.stance ? { ...given, stance: mirrorStance(given.stance) } : given;
  const parts = {
    front: () => drawFacing(pen, portrait, 0),
    threeQuarter: () => drawFacing(pen, portrait, quarterTurn),
    side: () => drawProfile(pen, portrait),
    back: () => drawFromBehind(pen, portrait),
  }[view]();
  const mirror = isMirrored ? `translate(${2 * middle} 0) scale(-1 1)` : '';
  return `<g transform="${mirror}">${parts.join('')}</g>`;
}

function drawFacing(pen: Pen, portrait: Portrait, turn: number): string[] {
  const { face, hair } = portrait;
  const body = drawBody(pen, portrait);
  return [
    drawBehindBody(pen, portrait),
    drawHairBehind(pen, face, hair),
    turn === 0
      ? body
      : `<g transform="translate(${middle} 0) skewX(-2) scale(0.93 1) translate(-${middle + 6} 0)">${body}</g>`,
    drawFaceFront(pen, face, turn),
    drawOnFace(pen, portrait, turn),
    `<g transform="translate(${turn * 0.2} 0)">${drawHairFront(pen, face, hair)}${drawHeadwear(pen, portrait)}</g>`,
  ];
}

function drawProfile(pen: Pen, portrait: Portrait): string[] {
  const { face, hair } = portrait;
  return [
    drawBehindBody(pen, portrait),
    drawBody(pen, portrait),
    drawHairSideBehind(pen, hair),
    drawFaceSide(pen, face),
    drawHairSide(pen, hair),
    drawEarSide(pen, face),
    drawOnProfile(pen, portrait),
    drawHeadwear(pen, portrait),
  ];
}

function drawFromBehind(pen: Pen, portrait: Portrait): string[] {
  const { face, hair } = portrait;
  return [
    drawBehindBody(pen, portrait),
    drawBody(pen, portrait),
    drawHeadBack(pen, face, hair),
    drawHeadwear(pen, portrait),
  ];
}

function drawBody(pen: Pen, portrait: Portrait): string {
  const neck = drawNeck(pen, portrait.face, portrait.view);
  const clothes = drawClothes(pen, portrait, portrait.view);
  const { stance } = portrait;
  const over = drawOverBody(pen, portrait);
  if (!stance) return moved(neck + clothes + over, 0, -12);
  const trunk = neck + clipToTrunk(clothes, portrait);
  const limbs = [drawLegs(pen, portrait, stance), trunk, over, drawArms(pen, portrait, stance)];
  return moved(limbs.join(''), 0, -12);
}
