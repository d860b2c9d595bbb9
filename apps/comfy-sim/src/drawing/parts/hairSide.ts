import { darken, lighten } from '../color';
import type { Hair, HairCut } from '../traits/hair';
import { moved, type Pen } from './pen';

/** Hair behind head and back in profile, the face to the right. */
export function drawHairSideBehind(pen: Pen, hair: Hair): string {
  const dark = darken(hair.color, 0.18);
  const drawings: Partial<Record<HairCut, string>> = {
    long: pen.shape(
      'M 160 180 C 124 250 126 360 132 436 C 160 458 214 446 226 430 C 214 350 222 290 226 220 Z',
      dark,
    ),
    wavy: pen.shape(
      'M 160 180 C 120 230 152 280 126 330 C 112 370 142 390 128 432 C 160 452 212 440 222 424 C 236 380 206 350 222 300 Z',
      dark,
    ),
    bob: pen.shape(
      'M 158 190 C 136 250 142 300 158 320 C 190 330 226 326 236 312 L 232 220 Z',
      dark,
    ),
    ponytail: pen.shape(
      'M 176 138 C 104 116 84 210 100 300 C 106 340 122 366 140 376 C 130 310 142 230 190 176 Z',
      dark,
    ),
    bun: pen.ellipse([166, 122], [38, 36], dark),
    braids: moved(sideBraid(pen, hair.color), 0, 0),
    spiky: pen.shape(
      'M 318 150 L 326 104 L 290 108 L 282 66 L 246 88 L 218 52 L 198 92 L 152 76 L 156 122 L 112 130 L 138 166 L 104 196 L 142 212 L 122 252 L 168 250 L 250 160 Z',
      dark,
    ),
    curly: sideCurls(pen, dark),
  };
  return drawings[hair.cut] ?? '';
}

/** Hair over the skull in profile; the ear comes on top. */
export function drawHairSide(pen: Pen, hair: Hair): string {
  if (hair.cut === 'bald')
    return pen.light('M 200 150 C 216 132 244 124 262 128 C 240 136 222 150 212 170 Z', 0.35);
  if (hair.cut === 'mohawk')
    return pen.shape(
      'M 326 150 L 330 96 L 300 104 L 290 58 L 258 84 L 232 46 L 210 86 L 172 64 L 170 112 L 134 116 L 150 152 L 122 180 L 156 196 C 170 150 210 124 258 122 C 292 122 312 134 326 150 Z',
      hair.color,
    );
  const v = hair.volume;
  const nape =
    hair.cut === 'short' || hair.cut === 'spiky' || hair.cut === 'bun' || hair.cut === 'ponytail'
      ? 286
      : 300;
  const cap = `M 328 ${fringeEnd[hair.fringe]} C 326 ${122 - v} 282 ${102 - v} 246 ${103 - v} C 184 ${104 - v} ${156 - v} 152 ${156 - v} 208 C ${156 - v} 250 170 ${nape - 14} 186 ${nape} L 218 ${nape - 8} C 214 266 214 250 222 240 C 216 214 228 196 246 200 C 256 214 266 214 268 196 C 284 192 314 178 328 ${fringeEnd[hair.fringe]} Z`;
  return [
    pen.shape(cap, hair.color),
    pen.line(`M 300 132 C 262 ${116 - v * 0.5} 210 124 184 172`, lighten(hair.color, 0.5), 7, 0.38),
    pen.line(
      'M 312 150 C 262 140 208 168 196 236 M 290 142 C 240 138 192 172 180 226',
      darken(hair.color, 0.4),
      2.2,
      0.45,
    ),
  ].join('');
}

const fringeEnd = { straight: 182, swept: 168, parted: 156, tousled: 176 };

function sideCurls(pen: Pen, color: string): string {
  const all = Array.from({ length: 12 }, (_, at) => {
    const angle = Math.PI * (0.12 + (at / 11) * 1.1);
    return pen.ellipse(
      [Math.round(244 + Math.cos(angle) * 92), Math.round(196 - Math.sin(angle) * 88)],
      [30, 29],
      color,
    );
  });
  return all.join('');
}

function sideBraid(pen: Pen, color: string): string {
  const knots = Array.from({ length: 7 }, (_, at) =>
    pen.ellipse(
      [178 - at * 3 + (at % 2) * 4, 282 + at * 24],
      [17 - at, 16],
      at % 2 ? color : darken(color, 0.12),
    ),
  );
  return knots.join('') + pen.ellipse([160, 446], [9, 7], '#c94f63');
}
