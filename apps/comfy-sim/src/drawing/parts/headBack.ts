import { darken, lighten } from '../color';
import type { Face } from '../traits/face';
import type { Hair, HairCut } from '../traits/hair';
import { headPath } from './faceFront';
import { braid, curls } from './hairFront';
import { bothSides, middle, type Pen } from './pen';

/** The head from behind: all hair, and the ears when it is short. */
export function drawHeadBack(pen: Pen, face: Face, hair: Hair): string {
  const { width: w, skin } = face;
  const ear = pen.shape(
    `M ${middle - w + 8} 206 C ${middle - w - 18} 192 ${middle - w - 22} 236 ${middle - w + 6} 250 Z`,
    darken(skin, 0.08),
  );
  const head = pen.shape(headPath(face, 0), skin);
  if (hair.cut === 'bald') {
    return (
      bothSides(ear) +
      head +
      pen.shade(
        `M ${middle - w + 14} 270 Q ${middle} 300 ${middle + w - 14} 270 Q ${middle} 330 ${middle - w + 14} 270 Z`,
        0.2,
      )
    );
  }
  if (hair.cut === 'mohawk') {
    return (
      bothSides(ear) +
      head +
      pen.shape(
        `M ${middle - 22} 280 C ${middle - 36} 160 ${middle - 36} 80 ${middle - 24} 44 L ${middle - 8} 66 L ${middle} 32 L ${middle + 8} 66 L ${middle + 24} 44 C ${middle + 36} 80 ${middle + 36} 160 ${middle + 22} 280 Q ${middle} 296 ${middle - 22} 280 Z`,
        hair.color,
      )
    );
  }
  return (
    bothSides(ear) +
    head +
    (drawSheet(pen, face, hair) ?? drawCap(pen, face, hair) + drawFall(pen, face, hair))
  );
}

function drawCap(pen: Pen, { width: w }: Face, { color, volume, cut }: Hair): string {
  const [l, r] = [middle - w - 7, middle + w + 7];
  const top = 76 - volume * 1.2;
  const cap = `M ${l} 214 C ${l} ${top} ${r} ${top} ${r} 214 C ${r} 262 ${r - 24} 292 ${middle + 34} 300 L ${middle + 18} 290 L ${middle} 304 L ${middle - 18} 290 L ${middle - 34} 300 C ${l + 24} 292 ${l} 262 ${l} 214 Z`;
  const strands = [-46, -24, 0, 24, 46].map(
    (x) =>
      `M ${middle + x * 0.4} ${116 - volume * 0.5} C ${middle + x * 1.3} 160 ${middle + x * 1.5} 220 ${middle + x} 282`,
  );
  return [
    cut === 'curly' ? curls(pen, { width: w } as Face, darken(color, 0.15)) : '',
    pen.shape(cap, color),
    pen.line(strands.join(' '), darken(color, 0.4), 2.2, 0.4),
    pen.line(
      `M ${l + 22} 168 C ${l + 50} 130 ${r - 60} 126 ${r - 34} 146`,
      lighten(color, 0.5),
      8,
      0.35,
    ),
  ].join('');
}

const sheets: Partial<Record<HairCut, readonly [bottom: number, spread: number]>> = {
  long: [440, 26],
  wavy: [424, 46],
  bob: [312, 22],
};

/** Hair that falls from the crown in one piece. */
function drawSheet(pen: Pen, { width: w }: Face, { color, volume, cut }: Hair): string | undefined {
  const sheet = sheets[cut];
  if (!sheet) return undefined;
  const [bottom, spread] = sheet;
  const [l, r] = [middle - w - 7, middle + w + 7];
  const top = 76 - volume * 1.2;
  const path = `M ${l} 205 C ${l} ${top} ${r} ${top} ${r} 205 C ${r + spread} ${bottom - 100} ${r + spread} ${bottom - 20} ${r - 6} ${bottom} Q ${middle} ${bottom + 22} ${l + 6} ${bottom} C ${l - spread} ${bottom - 20} ${l - spread} ${bottom - 100} ${l} 205 Z`;
  const strands = [-52, -30, -8, 14, 36, 56].map(
    (x, at) =>
      `M ${middle + x * 0.3} ${118 - volume * 0.5} C ${middle + x * 1.4} 170 ${middle + x * 1.2} 250 ${middle + x * 1.1} ${bottom - 14 - (at % 2) * 26}`,
  );
  return [
    pen.shape(path, color),
    pen.line(strands.join(' '), darken(color, 0.4), 2.2, 0.4),
    pen.line(
      `M ${l + 16} 176 C ${l + 46} 132 ${r - 60} 128 ${r - 30} 152`,
      lighten(color, 0.5),
      8,
      0.35,
    ),
  ].join('');
}

function drawFall(pen: Pen, face: Face, hair: Hair): string {
  const [l, r] = [middle - face.width - 7, middle + face.width + 7];
  const { color } = hair;
  const drawings: Partial<Record<HairCut, () => string>> = {
    ponytail: () =>
      pen.shape(
        `M ${middle - 20} 176 C ${middle - 52} 260 ${middle - 40} 360 ${middle - 6} 430 C ${middle + 44} 360 ${middle + 52} 250 ${middle + 20} 176 Z`,
        color,
      ) +
      pen.ellipse([middle, 178], [23, 11], '#c94f63') +
      pen.line(
        `M ${middle - 10} 200 Q ${middle - 24} 300 ${middle - 6} 400 M ${middle + 10} 200 Q ${middle + 24} 300 ${middle + 2} 390`,
        darken(color, 0.4),
        2.2,
        0.45,
      ),
    bun: () =>
      pen.ellipse([middle, 140], [42, 39], color) +
      pen.line(
        `M ${middle - 24} 136 Q ${middle} 108 ${middle + 26} 138 Q ${middle + 6} 158 ${middle - 10} 142`,
        darken(color, 0.4),
        2.6,
        0.5,
      ),
    braids: () => bothSides(braid(pen, l + 22, color)),
    spiky: () =>
      pen.shape(
        `M ${l + 4} 150 L ${l - 22} 120 L ${l + 26} 118 L ${l + 24} 76 L ${middle - 18} 98 L ${middle} 56 L ${middle + 18} 98 L ${r - 24} 76 L ${r - 26} 118 L ${r + 22} 120 L ${r - 4} 150 Q ${middle} 110 ${l + 4} 150 Z`,
        color,
      ),
  };
  return drawings[hair.cut]?.() ?? '';
}
