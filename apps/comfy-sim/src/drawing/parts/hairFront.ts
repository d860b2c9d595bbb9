import { darken, lighten } from '../color';
import type { Face } from '../traits/face';
import type { Fringe, Hair, HairCut } from '../traits/hair';
import { bothSides, middle, type Pen } from './pen';

interface Sides {
  readonly l: number;
  readonly r: number;
  /** Height of the control points of the skull's curve: lower is more hair. */
  readonly top: number;
}

function sidesOf(face: Face, hair: Hair): Sides {
  return { l: middle - face.width - 7, r: middle + face.width + 7, top: 76 - hair.volume * 1.2 };
}

/** Hair behind the head and the shoulders, seen from before. */
export function drawHairBehind(pen: Pen, face: Face, hair: Hair): string {
  const { l, r } = sidesOf(face, hair);
  const dark = darken(hair.color, 0.18);
  const fall = (bottom: number, spread: number) =>
    `M ${l - 4} 205 C ${l - spread} ${bottom - 90} ${l - spread} ${bottom - 20} ${l + 8} ${bottom} Q ${middle} ${bottom + 16} ${r - 8} ${bottom} C ${r + spread} ${bottom - 20} ${r + spread} ${bottom - 90} ${r + 4} 205 C ${r} 92 ${l} 92 ${l - 4} 205 Z`;
  const drawings: Record<HairCut, () => string> = {
    bald: () => '',
    mohawk: () => '',
    short: () => '',
    spiky: () => pen.shape(spikes(face, hair), dark),
    curly: () => curls(pen, face, dark),
    bob: () => pen.shape(fall(312, 24), dark),
    long: () => pen.shape(fall(440, 30), dark),
    wavy: () => pen.shape(waves(l, r), dark),
    ponytail: () =>
      pen.shape(
        `M ${r - 26} 132 C ${r + 60} 120 ${r + 74} 220 ${r + 46} 300 C ${r + 40} 330 ${r + 24} 350 ${r + 8} 362 C ${r + 22} 300 ${r + 18} 220 ${r - 20} 190 Z`,
        dark,
      ),
    bun: () =>
      pen.ellipse([middle, 98], [40, 36], dark) +
      pen.line(
        `M ${middle - 22} 92 Q ${middle} 72 ${middle + 22} 92`,
        lighten(hair.color, 0.25),
        4,
        0.5,
      ),
    braids: () => pen.shape(fall(280, 10), dark),
  };
  return drawings[hair.cut]();
}

/** Hair over the forehead and down the sides. */
export function drawHairFront(pen: Pen, face: Face, hair: Hair): string {
  const sides = sidesOf(face, hair);
  if (hair.cut === 'bald')
    return pen.light(
      `M ${middle - 40} 140 C ${middle - 20} 122 ${middle + 10} 122 ${middle + 24} 130 C ${middle} 136 ${middle - 20} 146 ${middle - 34} 160 Z`,
      0.35,
    );
  if (hair.cut === 'mohawk') return mohawk(pen, hair.color);
  const { l, r, top } = sides;
  const cap = `M ${l} 228 C ${l} ${top} ${r} ${top} ${r} 228 ${hairlines[hair.fringe](sides)} Z`;
  return [
    hair.cut === 'long' || hair.cut === 'wavy' ? bothSides(pen.shape(lock(l), hair.color)) : '',
    hair.cut === 'braids' ? bothSides(braid(pen, l, hair.color)) : '',
    pen.shape(cap, hair.color),
    hair.cut === 'curly' ? crownCurls(pen, face, hair.color) : '',
    shine(pen, sides, hair.color),
  ].join('');
}

// Each runs from the right temple to the left one.
const hairlines: Record<Fringe, (sides: Sides) => string> = {
  straight: ({ l, r }) =>
    `L ${r - 10} 226 C ${r - 10} 208 ${r - 14} 198 ${r - 18} 190 Q ${r - 34} 204 ${r - 44} 186 Q ${r - 62} 206 ${middle + 8} 186 Q ${middle - 10} 206 ${middle - 24} 186 Q ${l + 40} 204 ${l + 18} 190 C ${l + 14} 198 ${l + 10} 208 ${l + 10} 226`,
  swept: ({ l, r }) =>
    `L ${r - 9} 226 C ${r - 8} 196 ${r - 40} 184 ${middle + 10} 172 C ${middle - 20} 164 ${middle - 30} 150 ${middle - 36} 140 C ${middle - 44} 166 ${l + 20} 176 ${l + 9} 226`,
  parted: ({ l, r }) =>
    `L ${r - 9} 226 C ${r - 10} 190 ${middle + 44} 172 ${middle} 138 C ${middle - 44} 172 ${l + 10} 190 ${l + 9} 226`,
  tousled: ({ l, r }) =>
    `L ${r - 9} 226 L ${r - 15} 190 L ${middle + 50} 202 L ${middle + 40} 174 L ${middle + 14} 200 L ${middle - 2} 170 L ${middle - 28} 198 L ${middle - 42} 172 L ${l + 18} 200 L ${l + 9} 226`,
};

function shine(pen: Pen, { l, r, top }: Sides, color: string): string {
  const y = 122 - (82 - top) * 0.5;
  const arc = `M ${l + 26} ${y + 40} C ${l + 46} ${y + 6} ${middle - 10} ${y - 2} ${middle + 26} ${y + 6}`;
  const strands = `M ${middle + 4} ${y + 2} C ${r - 40} ${y + 12} ${r - 14} ${y + 50} ${r - 8} ${y + 88} M ${middle - 14} ${y + 2} C ${l + 40} ${y + 14} ${l + 16} ${y + 50} ${l + 8} ${y + 90}`;
  return (
    pen.line(arc, lighten(color, 0.5), 7, 0.4) + pen.line(strands, darken(color, 0.4), 2.2, 0.45)
  );
}

function lock(l: number): string {
  return `M ${l + 2} 196 C ${l - 16} 290 ${l - 6} 372 ${l + 6} 424 C ${l + 30} 388 ${l + 26} 300 ${l + 13} 222 Z`;
}

function waves(l: number, r: number): string {
  return `M ${l - 4} 205 C ${l - 30} 240 ${l - 8} 270 ${l - 30} 310 C ${l - 46} 350 ${l - 18} 380 ${l - 28} 420 C ${l + 4} 448 ${l + 40} 420 ${middle} 424 C ${r - 40} 420 ${r - 4} 448 ${r + 28} 420 C ${r + 18} 380 ${r + 46} 350 ${r + 30} 310 C ${r + 8} 270 ${r + 30} 240 ${r + 4} 205 C ${r} 92 ${l} 92 ${l - 4} 205 Z`;
}

function spikes(face: Face, hair: Hair): string {
  const points: string[] = [];
  const count = 9;
  for (let at = 0; at <= count * 2; at += 1) {
    const angle = Math.PI * (1.08 - (at / (count * 2)) * 1.16);
    const reach = at % 2 === 0 ? face.width + 2 : face.width + 28 + hair.volume;
    points.push(
      `${(middle - Math.cos(angle) * -reach).toFixed(1)} ${(196 - Math.sin(angle) * reach * 1.05).toFixed(1)}`,
    );
  }
  return `M ${points.join(' L ')} Z`;
}

/** Clouds of curls around the head. */
export function curls(pen: Pen, face: Face, color: string): string {
  const all = Array.from({ length: 15 }, (_, at) => {
    const angle = Math.PI * (-0.2 + (at / 14) * 1.4);
    const x = middle - Math.cos(angle) * (face.width + 14);
    const y = 196 - Math.sin(angle) * 88;
    return pen.ellipse([Math.round(x), Math.round(y)], [29, 28], color);
  });
  return all.join('');
}

function crownCurls(pen: Pen, face: Face, color: string): string {
  const all = Array.from({ length: 7 }, (_, at) => {
    const x = middle - face.width + 8 + at * ((face.width - 8) / 3);
    const y = 152 - Math.sin((at / 6) * Math.PI) * 26 + (at % 2) * 8;
    return pen.ellipse([Math.round(x), Math.round(y)], [23, 21], color);
  });
  return all.join('');
}

/** A braid hanging at the left of the head. */
export function braid(pen: Pen, l: number, color: string): string {
  const knots = Array.from({ length: 7 }, (_, at) =>
    pen.ellipse(
      [l - 4 + (at % 2) * 4, 250 + at * 26],
      [17 - at * 0.8, 17],
      at % 2 ? color : darken(color, 0.12),
    ),
  );
  const tie = pen.ellipse([l - 2, 430], [10, 7], '#c94f63');
  return knots.join('') + tie + pen.shape(`M ${l - 10} 434 L ${l + 6} 434 L ${l - 2} 462 Z`, color);
}

function mohawk(pen: Pen, color: string): string {
  const comb = `M ${middle - 22} 168 C ${middle - 34} 120 ${middle - 40} 70 ${middle - 26} 42 L ${middle - 10} 66 L ${middle} 30 L ${middle + 12} 66 L ${middle + 26} 42 C ${middle + 40} 70 ${middle + 34} 120 ${middle + 22} 168 Q ${middle} 150 ${middle - 22} 168 Z`;
  return (
    pen.shape(comb, color) +
    pen.line(
      `M ${middle} 60 V 150 M ${middle - 16} 80 L ${middle - 12} 156 M ${middle + 16} 80 L ${middle + 12} 156`,
      darken(color, 0.35),
      2.4,
      0.5,
    )
  );
}
