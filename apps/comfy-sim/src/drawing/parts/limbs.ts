import { darken, lighten } from '../color';
import type { Portrait } from '../portrait';
import type { Limb, Stance } from '../stance';
import type { OutfitKind } from '../wardrobe';
import { middle, type Pen } from './pen';

const shoulder = { x: 112, y: 402 };
const hip = { x: 62, y: 690 };

/** Clothes that reach down to the feet. */
const long: readonly OutfitKind[] = ['robe', 'dress', 'kimono', 'cloak', 'coat'];

/** Clips the clothes to the trunk, so that arms and legs can go their own ways. */
export function clipToTrunk(clothes: string, { outfit }: Portrait): string {
  const hem = long.includes(outfit.kind)
    ? `C 380 700 430 1000 440 1240 L 72 1240 C 82 1000 132 700 144 560`
    : `C 372 620 376 680 374 716 C 320 740 192 740 138 716 C 136 680 140 620 144 560`;
  const path = `M 0 300 H 512 V 372 C 440 376 400 420 384 470 C 374 500 368 530 368 560 ${hem} C 144 530 138 500 128 470 C 112 420 72 376 0 372 Z`;
  return `<clipPath id="trunk"><path d="${path}"/></clipPath><g clip-path="url(#trunk)">${clothes}</g>`;
}

/** Both legs, in trousers, and feet. */
export function drawLegs(pen: Pen, { outfit }: Portrait, stance: Stance): string {
  const cloth = darken(outfit.color, 0.42);
  const boot = darken(outfit.trim, 0.6);
  const leg = ({ bend, end }: Limb, side: -1 | 1): string => {
    const x = middle + side * hip.x;
    const foot = pen.ellipse([x + end[0] + side * 12, hip.y + end[1] + 44], [58, 26], boot);
    return foot + drawLimb(pen, [x, hip.y], { bend, end }, { color: cloth, width: 104 });
  };
  return leg(stance.leftLeg, -1) + leg(stance.rightLeg, 1);
}

/** Both arms, in sleeves, and hands. */
export function drawArms(pen: Pen, { outfit, face }: Portrait, stance: Stance): string {
  const bare = outfit.kind === 'dress';
  const sleeve = bare ? face.skin : lighten(outfit.color, 0.05);
  const arm = ({ bend, end }: Limb, side: -1 | 1): string => {
    const [x, y] = [middle + side * shoulder.x * outfit.build, shoulder.y];
    const hand = handBeyond({ bend, end });
    const cuff = bare ? '' : pen.dot([x + end[0], y + end[1]], 29, outfit.trim);
    return (
      pen.ellipse([x + hand[0], y + hand[1]], [27, 30], face.skin) +
      cuff +
      drawLimb(pen, [x, y], { bend, end }, { color: sleeve, width: 62 })
    );
  };
  return arm(stance.leftArm, -1) + arm(stance.rightArm, 1);
}

/** Where a hand is in the figure's frame; -1 is the one on the picture's left. */
export function handAt(
  { outfit }: Portrait,
  stance: Stance,
  side: -1 | 1,
): readonly [number, number] {
  const [x, y] = handBeyond(side < 0 ? stance.leftArm : stance.rightArm);
  return [middle + side * shoulder.x * outfit.build + x, shoulder.y + y];
}

// The hand goes on in the direction of the forearm.
function handBeyond({ bend, end }: Limb): readonly [number, number] {
  const [dx, dy] = [end[0] - bend[0], end[1] - bend[1]];
  const length = Math.max(1, Math.hypot(dx, dy));
  return [end[0] + (dx / length) * 26, end[1] + (dy / length) * 26];
}

function drawLimb(
  pen: Pen,
  [x, y]: readonly [number, number],
  { bend, end }: Limb,
  { color, width }: { color: string; width: number },
): string {
  const to = ([dx, dy]: readonly [number, number]) =>
    `${(x + dx).toFixed(1)} ${(y + dy).toFixed(1)}`;
  const path = `M ${x} ${y} L ${to(bend)} L ${to(end)}`;
  const isInked = pen.style === 'anime';
  const light = `translate(${-width * 0.14} ${-width * 0.06})`;
  return [
    isInked
      ? pen.line(path, darken(color, 0.62), width + 6)
      : pen.line(path, darken(color, 0.24), width),
    isInked ? pen.line(path, color, width) : pen.line(path, color, width * 0.82),
    `<g transform="${light}">${pen.line(path, lighten(color, 0.22), width * 0.4, isInked ? 0.35 : 0.5)}</g>`,
  ].join('');
}
