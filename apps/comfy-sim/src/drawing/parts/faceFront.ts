import { darken, lighten, mix } from '../color';
import type { Style } from '../portrait';
import type { Face, Mood } from '../traits/face';
import { bothSides, middle, moved, type Pen } from './pen';

/** Outline of the head seen from before; `turn` moves the chin aside, in 1/512. */
export function headPath({ width: w, jaw }: Face, turn: number): string {
  const [left, right] = [middle - w - turn * 0.15, middle + w - turn * 0.25];
  const chin = middle + turn * 0.7;
  const c = jaw * 0.42;
  return `M ${left} 205 C ${left} 92 ${right} 92 ${right} 205 C ${right} 254 ${chin + jaw + 10} 296 ${chin + c} 312 Q ${chin} 322 ${chin - c} 312 C ${chin - jaw - 10} 296 ${left} 254 ${left} 205 Z`;
}

/** Head, ears and face; `turn` is 0 from before and positive for a view from the side of it. */
export function drawFaceFront(pen: Pen, face: Face, turn: number): string {
  const head = headPath(face, turn);
  const features = [
    drawCheeks(face, turn),
    drawNose(pen, face, turn),
    moved(drawMouth(pen, face), turn * 1.15, 0),
    drawEyes(pen, face, turn),
  ];
  const shadeX = middle + face.width;
  return [
    drawEars(pen, face, turn),
    pen.shape(head, face.skin),
    `<clipPath id="head"><path d="${head}"/></clipPath><g clip-path="url(#head)">`,
    pen.shade(
      `M ${shadeX - 22} 130 C ${shadeX - 6} 220 ${shadeX - 30} 290 ${middle + turn} 326 L ${shadeX + 30} 330 L ${shadeX + 30} 130 Z`,
      pen.style === 'anime' ? 0.1 : 0.2,
    ),
    pen.light(
      `M ${middle - 62} 150 C ${middle - 76} 200 ${middle - 66} 250 ${middle - 46} 272 C ${middle - 52} 230 ${middle - 52} 180 ${middle - 40} 146 Z`,
      0.16,
    ),
    face.isMetallic ? drawSeams(pen, face) : '',
    '</g>',
    ...features,
  ].join('');
}

function drawEars(pen: Pen, face: Face, turn: number): string {
  const { width: w, skin, hasPointedEars } = face;
  const x = middle - w;
  const path = hasPointedEars
    ? `M ${x + 6} 208 C ${x - 20} 190 ${x - 52} 168 ${x - 64} 150 C ${x - 58} 196 ${x - 36} 240 ${x + 6} 250 Z`
    : `M ${x + 6} 204 C ${x - 20} 192 ${x - 24} 232 ${x - 10} 248 C ${x - 4} 256 ${x + 4} 254 ${x + 8} 246 Z`;
  const fold = `M ${x - 10} 214 C ${x - 14} 226 ${x - 8} 236 ${x} 240`;
  const ear = pen.shape(path, skin) + pen.line(fold, darken(skin, 0.4), 2.5, 0.6);
  return turn === 0 ? bothSides(ear) : ear;
}

function drawCheeks({ width: w, skin, blush }: Face, turn: number): string {
  const color = mix(skin, '#e8466a', 0.6);
  const cheek = (x: number) =>
    `<ellipse cx="${x}" cy="258" rx="16" ry="8" fill="${color}" opacity="${blush.toFixed(2)}" filter="url(#soft)"/>`;
  return cheek(middle - w * 0.6 + turn) + cheek(middle + w * 0.6 + turn * 0.6);
}

function drawNose(pen: Pen, { skin, nose }: Face, turn: number): string {
  const x = middle + turn * 1.5;
  const dark = darken(skin, 0.42);
  if (pen.style === 'anime') return pen.line(`M ${x - 2} 246 q 5 6 ${7 * nose} 8`, dark, 2.6, 0.8);
  const width = 11 * nose;
  return (
    pen.shade(
      `M ${x + 4} 206 C ${x + 8} 230 ${x + width + 6} 248 ${x + width} 258 C ${x + 4} 264 ${x} 250 ${x + 4} 206 Z`,
      0.16,
    ) +
    pen.light(
      `M ${x - 4} 206 C ${x - 5} 226 ${x - 5} 240 ${x - 2} 250 C ${x + 3} 240 ${x + 2} 220 ${x - 4} 206 Z`,
      0.28,
    ) +
    pen.line(`M ${x - width} 255 q 4 6 9 3 q 3 4 7 0 q 5 2 8 -4`, dark, 2.4, 0.75)
  );
}

function drawEyes(pen: Pen, face: Face, turn: number): string {
  const near = middle - face.eyeGap + turn * 1.2;
  const far = middle + face.eyeGap + turn * 0.6;
  const squeeze = 1 - turn * 0.011;
  const eye = eyeOf(pen, face);
  const place = (x: number, mirror: number, scale: number) =>
    `<g transform="translate(${x} 222) scale(${(mirror * scale).toFixed(3)} ${face.eyeSize.toFixed(3)})">${eye}</g>`;
  // Highlights sit on the same side of both eyes, so only the lids are mirrored.
  const shine = (x: number) => drawShine(pen.style, x, face.eyeSize);
  return (
    place(near, 1, face.eyeSize) + place(far, -1, face.eyeSize * squeeze) + shine(near) + shine(far)
  );
}

const browTilt: Record<Mood, number> = {
  smile: -2,
  grin: -4,
  calm: 0,
  angry: 15,
  sad: -13,
  surprised: -8,
};

/** One eye around the origin, the nose to its right. */
function eyeOf(pen: Pen, face: Face): string {
  const ink = darken(face.eyes, 0.75);
  const brow = `<g transform="translate(0 ${face.mood === 'surprised' ? -9 : 0}) rotate(${browTilt[face.mood]} 0 -30)">${drawBrow(pen)}</g>`;
  const isWide = face.mood === 'surprised' ? 1.12 : face.mood === 'grin' ? 0.86 : 1;
  return `<g transform="scale(1 ${isWide})">${pen.style === 'anime' ? animeEye(pen, face, ink) : realEye(pen, face, ink)}</g>${brow}`;
}

function drawBrow(pen: Pen): string {
  const path = pen.style === 'anime' ? 'M -21 -32 Q -4 -42 16 -35' : 'M -22 -25 Q -6 -35 17 -28';
  return pen.line(
    path,
    '#3a2a28',
    pen.style === 'anime' ? 4.5 : 6.5,
    pen.style === 'anime' ? 0.85 : 0.72,
  );
}

function animeEye(pen: Pen, { eyes, hasLashes }: Face, ink: string): string {
  const white = 'M -20 2 C -18 -22 14 -26 18 -2 C 19 12 10 22 -2 22 C -14 22 -20 14 -20 2 Z';
  return [
    `<path d="${white}" fill="#fdfcff"/>`,
    `<ellipse cx="0" cy="1" rx="13" ry="18" fill="${darken(eyes, 0.3)}"/>`,
    `<ellipse cx="0" cy="7" rx="11" ry="11" fill="${lighten(eyes, 0.3)}"/>`,
    `<ellipse cx="0" cy="0" rx="6" ry="9" fill="${ink}"/>`,
    pen.line('M -22 0 C -18 -24 14 -28 19 -4', '#2b1d2b', 5.5),
    hasLashes ? pen.line('M -21 -4 L -29 -10 M -18 -11 L -25 -19', '#2b1d2b', 3.4) : '',
    pen.line('M -13 22 Q -2 26 9 21', '#2b1d2b', 1.8, 0.6),
  ].join('');
}

function realEye(pen: Pen, { eyes, skin, hasLashes }: Face, ink: string): string {
  const lids = 'M -20 3 C -13 -11 9 -13 19 3 C 10 12 -12 13 -20 3 Z';
  const id = `lid${eyes.slice(1)}`;
  return [
    pen.shade('M -24 -2 C -14 -20 12 -22 22 0 C 10 -10 -12 -10 -24 -2 Z', 0.22),
    `<clipPath id="${id}"><path d="${lids}"/></clipPath><path d="${lids}" fill="#f6f2ef"/>`,
    `<g clip-path="url(#${id})"><circle cx="0" cy="0" r="10.5" fill="${darken(eyes, 0.25)}"/><circle cx="0" cy="1.5" r="7.5" fill="${lighten(eyes, 0.18)}"/><circle cx="0" cy="0" r="4.8" fill="${ink}"/><path d="M -22 -10 H 22 V -4 C 8 -9 -10 -9 -22 2 Z" fill="#2a1433" opacity="0.22"/></g>`,
    pen.line('M -21 4 C -13 -11 9 -13 19 3', '#2e2020', hasLashes ? 4.2 : 3),
    hasLashes ? pen.line('M -20 2 L -27 -4 M -16 -4 L -22 -11', '#2e2020', 2.2) : '',
    pen.line('M -17 5 C -10 12 8 12 18 4', darken(skin, 0.4), 1.6, 0.6),
  ].join('');
}

function drawShine(style: Style, x: number, size: number): string {
  const [dx, dy, r] = style === 'anime' ? [-5, -8, 5.2] : [-3.5, -3.5, 2.6];
  const large = `<circle cx="${x + dx * size}" cy="${222 + dy * size}" r="${r * size}" fill="#ffffff"/>`;
  if (style === 'realistic') return large;
  return `${large}<circle cx="${x + 5 * size}" cy="${222 + 9 * size}" r="${2.6 * size}" fill="#ffffff" opacity="0.85"/>`;
}

function drawMouth(pen: Pen, face: Face): string {
  const lip = mix(face.skin, '#b3374a', face.hasLashes ? 0.55 : 0.34);
  const ink = darken(lip, 0.5);
  const extras = face.hasTusks
    ? pen.shape('M 234 284 L 238 266 L 243 285 Z M 269 285 L 274 266 L 278 284 Z', '#f4ecd6')
    : face.hasFangs
      ? pen.flat('M 241 279 L 244 289 L 248 280 Z M 264 280 L 268 289 L 271 279 Z', '#ffffff')
      : '';
  return mouths[face.mood](pen, lip, ink) + extras;
}

type MouthDrawing = (pen: Pen, lip: string, ink: string) => string;

const mouths: Record<Mood, MouthDrawing> = {
  smile: (pen, lip, ink) =>
    pen.flat(
      'M 232 279 Q 244 275 256 278 Q 268 275 280 279 Q 268 294 256 294 Q 244 294 232 279 Z',
      lip,
      pen.style === 'anime' ? 0.55 : 0.9,
    ) + pen.line('M 229 277 Q 256 291 283 277', ink, 2.8),
  grin: (pen, lip, ink) =>
    pen.shape(
      'M 229 274 Q 256 282 283 274 Q 280 302 256 302 Q 232 302 229 274 Z',
      darken(lip, 0.45),
    ) +
    pen.flat('M 233 277 Q 256 284 279 277 L 277 286 Q 256 291 235 286 Z', '#ffffff') +
    pen.line('M 229 274 Q 256 282 283 274', ink, 2.6),
  calm: (pen, lip, ink) =>
    pen.flat(
      'M 236 281 Q 247 276 256 279 Q 265 276 276 281 Q 265 290 256 290 Q 247 290 236 281 Z',
      lip,
      pen.style === 'anime' ? 0.45 : 0.9,
    ) + pen.line('M 235 281 Q 256 284 277 281', ink, 2.6),
  angry: (pen, _lip, ink) => pen.line('M 234 287 Q 256 276 278 287', ink, 3.4),
  sad: (pen, lip, ink) =>
    pen.flat('M 238 286 Q 256 278 274 286 Q 256 294 238 286 Z', lip, 0.6) +
    pen.line('M 236 288 Q 256 278 276 288', ink, 2.6),
  surprised: (pen, lip, ink) =>
    pen.ellipse([256, 286], [10, 13], darken(lip, 0.4)) +
    pen.line('M 248 279 Q 256 273 264 279', ink, 2),
};

function drawSeams(pen: Pen, { width: w, eyes }: Face): string {
  const ink = '#4d5866';
  return (
    pen.line(
      `M ${middle + 26} 120 V 190 H ${middle + w} M ${middle - w} 262 H ${middle - 40} L ${middle - 26} 318`,
      ink,
      2.6,
      0.75,
    ) +
    pen.dot([middle + 46, 158], 5, eyes) +
    pen.dot([middle - w + 18, 276], 4, eyes)
  );
}
