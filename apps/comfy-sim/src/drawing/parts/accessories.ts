import { darken, lighten } from '../color';
import type { Portrait } from '../portrait';
import type { Accessory } from '../wardrobe';
import { floor } from './body';
import { handAt } from './limbs';
import { bothSides, middle, moved, type Pen } from './pen';

type Drawing = (pen: Pen, portrait: Portrait) => string;

function drawAll(
  drawings: Partial<Record<Accessory, Drawing>>,
  pen: Pen,
  portrait: Portrait,
): string {
  return portrait.outfit.accessories.map((name) => drawings[name]?.(pen, portrait) ?? '').join('');
}

/** Things behind the body. */
export function drawBehindBody(pen: Pen, portrait: Portrait): string {
  return drawAll(behind, pen, portrait);
}

/** Things over the clothes and below the head. */
export function drawOverBody(pen: Pen, portrait: Portrait): string {
  return drawAll(portrait.view === 'back' ? onBack : overBody, pen, portrait);
}

/** Things on a face seen from before; `turn` is how far it is turned. */
export function drawOnFace(pen: Pen, portrait: Portrait, turn: number): string {
  const narrow = 1 - turn * 0.0075;
  const place = `translate(${middle + turn * 0.85} 0) scale(${narrow} 1) translate(${-middle} 0)`;
  return `<g transform="${place}">${drawAll(onFace, pen, portrait)}</g>`;
}

/** Things on a face in profile. */
export function drawOnProfile(pen: Pen, portrait: Portrait): string {
  return drawAll(onProfile, pen, portrait);
}

const capeCut = `M 196 344 C 120 360 70 440 40 ${floor} L 472 ${floor} C 442 440 392 360 316 344 C 290 366 222 366 196 344 Z`;

const wings: Drawing = (pen) => {
  const wing =
    'M 190 400 C 120 320 60 210 20 150 C 10 230 14 300 40 350 C 30 352 22 350 14 346 C 26 400 60 440 110 456 C 140 466 176 450 190 430 Z';
  return bothSides(
    pen.shape(wing, '#f6f4fb') +
      pen.line(
        'M 168 404 C 110 350 70 290 44 220 M 160 424 C 110 400 70 370 46 336',
        '#b9b4cf',
        3,
        0.7,
      ),
  );
};

const behind: Partial<Record<Accessory, Drawing>> = {
  wings: (pen, portrait) => (portrait.view === 'back' ? '' : wings(pen, portrait)),
  cape: (pen, { outfit: { extra }, view }) =>
    view === 'back' ? '' : pen.shape(capeCut, darken(extra, 0.1)),
};

/** Something with a grip that a hand holds: it goes where the pose has the hand. */
function held(side: -1 | 1, [gripX, gripY]: readonly [number, number], drawing: Drawing): Drawing {
  return (pen, portrait) => {
    if (!portrait.stance) return drawing(pen, portrait);
    const [x, y] = handAt(portrait, portrait.stance, side);
    return moved(drawing(pen, portrait), x - gripX, y - gripY);
  };
}

const sword = held(
  1,
  [407, 478],
  (pen, { face }) =>
    `<g transform="translate(402 514) rotate(8)">${[
      pen.shape('M -12 -92 L -13 -330 L 0 -364 L 13 -330 L 12 -92 Z', '#d5dbe4'),
      pen.flat('M 0 -360 L 13 -330 L 12 -92 L 0 -92 Z', '#98a3b3', 0.7),
      pen.line('M 0 -320 V -110', '#8591a3', 3, 0.7),
      pen.shape('M -44 -92 Q 0 -104 44 -92 L 42 -76 Q 0 -86 -42 -76 Z', '#d9ab47'),
      pen.shape('M -9 -80 H 9 V 6 H -9 Z', '#5b3a29'),
      pen.ellipse([0, -36], [27, 25], face.skin),
      pen.line('M -18 -44 H 18 M -20 -34 H 20 M -18 -24 H 18', darken(face.skin, 0.4), 2.6, 0.6),
      pen.ellipse([0, 12], [13, 12], '#d9ab47'),
    ].join('')}</g>`,
);

const staff = held(
  -1,
  [90, 452],
  (pen, { outfit, face }) =>
    pen.shape(`M 82 150 L 94 150 L 100 ${floor} L 80 ${floor} Z`, '#77512f') +
    pen.shape(
      'M 68 168 C 44 130 70 96 88 90 C 106 96 132 130 108 168 C 112 140 104 122 88 118 C 72 122 64 140 68 168 Z',
      '#8d6238',
    ) +
    pen.dot([88, 132], 34, lighten(outfit.extra, 0.6), 0.35) +
    pen.ellipse([88, 132], [19, 19], lighten(outfit.extra, 0.25)) +
    pen.dot([82, 125], 6, '#ffffff', 0.85) +
    pen.ellipse([90, 452], [25, 23], face.skin),
);

const bow = held(
  -1,
  [42, 356],
  (pen, { face }) =>
    pen.line('M 96 190 C 20 280 20 420 96 520', '#7b4d2a', 12) +
    pen.line('M 96 190 L 90 355 L 96 520', '#efe8d8', 3) +
    pen.ellipse([42, 356], [21, 23], face.skin),
);

const scarf: Drawing = (pen, { outfit: { extra } }) =>
  pen.shape(
    'M 196 322 C 214 350 298 350 316 322 C 334 336 332 364 308 376 C 276 390 236 390 204 376 C 180 364 178 336 196 322 Z',
    extra,
  ) +
  pen.shape('M 292 372 L 330 474 L 292 486 L 270 380 Z', darken(extra, 0.1)) +
  pen.line(
    'M 204 346 C 230 366 282 366 308 346 M 288 410 L 312 402 M 294 440 L 322 432',
    lighten(extra, 0.45),
    5,
    0.7,
  );

const necklace: Drawing = (pen) =>
  pen.line('M 214 350 C 226 400 286 400 298 350', '#e2b74a', 4) +
  pen.ellipse([256, 394], [11, 13], '#3f9fd8') +
  pen.dot([252, 390], 4, '#ffffff', 0.8);

const overBody: Partial<Record<Accessory, Drawing>> = {
  cape: (pen, { outfit: { extra, trim } }) =>
    bothSides(pen.shape('M 208 342 C 170 350 128 366 108 398 C 140 392 190 390 222 376 Z', extra)) +
    pen.line('M 216 374 Q 256 396 296 374', trim, 6),
  scarf,
  necklace,
  sword,
  staff,
  bow,
};

const onBack: Partial<Record<Accessory, Drawing>> = {
  cape: (pen, { outfit: { extra, trim } }) =>
    pen.shape(capeCut, extra) +
    pen.line(
      `M 200 380 C 170 460 150 560 140 ${floor} M 256 380 V ${floor} M 312 380 C 342 460 362 560 372 ${floor}`,
      darken(extra, 0.45),
      3,
      0.5,
    ) +
    pen.line('M 196 346 C 222 368 290 368 316 346', trim, 10),
  wings,
  scarf: (pen, { outfit: { extra } }) =>
    pen.shape(
      'M 190 320 C 214 346 298 346 322 320 C 336 344 330 372 256 378 C 182 372 176 344 190 320 Z',
      extra,
    ),
  sword: (pen) =>
    `<g transform="translate(256 470) rotate(-38)">${pen.shape('M -19 -150 H 19 L 15 150 L 0 172 L -15 150 Z', '#6b4630')}${pen.shape('M -46 -164 Q 0 -176 46 -164 L 44 -148 Q 0 -158 -44 -148 Z', '#d9ab47')}${pen.shape('M -9 -168 H 9 V -240 H -9 Z', '#4c3226')}${pen.ellipse([0, -246], [13, 12], '#d9ab47')}</g>`,
  staff,
  bow: (pen) =>
    pen.line('M 150 350 C 250 380 330 470 350 580', '#7b4d2a', 11) +
    pen.line('M 150 350 L 350 580', '#efe8d8', 3),
};

const glassesFrame = (pen: Pen, { face }: Portrait, fill: string, opacity: number): string => {
  const [near, far] = [middle - face.eyeGap, middle + face.eyeGap];
  const lens = (x: number) =>
    `M ${x - 29} 212 Q ${x} 200 ${x + 29} 212 Q ${x + 29} 248 ${x} 249 Q ${x - 29} 248 ${x - 29} 212 Z`;
  return (
    pen.flat(lens(near), fill, opacity) +
    pen.flat(lens(far), fill, opacity) +
    pen.line(
      `${lens(near)} ${lens(far)} M ${near + 28} 218 Q ${middle} 208 ${far - 28} 218 M ${near - 29} 216 L ${middle - face.width - 2} 210 M ${far + 29} 216 L ${middle + face.width + 2} 210`,
      '#26222b',
      5,
    ) +
    pen.line(
      `M ${near - 16} 222 L ${near - 4} 212 M ${far - 16} 222 L ${far - 4} 212`,
      '#ffffff',
      4,
      0.7,
    )
  );
};

const onFace: Partial<Record<Accessory, Drawing>> = {
  freckles: (pen, { face }) =>
    bothSides(
      [
        [200, 250],
        [210, 257],
        [219, 249],
        [206, 264],
        [193, 258],
      ]
        .map(([x, y]) => pen.dot([x ?? 0, y ?? 0], 2.2, darken(face.skin, 0.42), 0.6))
        .join(''),
    ),
  scar: (pen) =>
    pen.line('M 206 190 L 224 262 M 207 214 L 217 211 M 213 238 L 223 235', '#a8404a', 3.4, 0.75),
  beard: (pen, { face, hair }) => {
    const { width: w, jaw } = face;
    const path = `M ${middle - w + 4} 236 C ${middle - w + 14} 262 ${middle - 40} 268 ${middle - 30} 266 C ${middle - 12} 258 ${middle + 12} 258 ${middle + 30} 266 C ${middle + 40} 268 ${middle + w - 14} 262 ${middle + w - 4} 236 C ${middle + w} 284 ${middle + jaw} 330 ${middle} 352 C ${middle - jaw} 330 ${middle - w} 284 ${middle - w + 4} 236 Z`;
    const mouth = 'M 232 280 Q 256 274 280 280 Q 256 300 232 280 Z';
    return (
      pen.shape(path, darken(hair.color, 0.08)) +
      pen.flat(mouth, '#a34b4f') +
      pen.line('M 232 280 Q 256 287 280 280', '#5d2528', 2.6) +
      pen.line(
        'M 226 316 Q 232 330 240 338 M 286 316 Q 280 330 272 338 M 256 312 V 342',
        darken(hair.color, 0.45),
        2.4,
        0.5,
      )
    );
  },
  moustache: (pen, { hair }) =>
    pen.shape(
      'M 256 266 C 240 258 216 266 206 284 C 224 280 244 286 256 274 C 268 286 288 280 306 284 C 296 266 272 258 256 266 Z',
      darken(hair.color, 0.1),
    ),
  glasses: (pen, portrait) => glassesFrame(pen, portrait, '#dff2ff', 0.25),
  sunglasses: (pen, portrait) => glassesFrame(pen, portrait, '#1f1b2b', 0.9),
  eyepatch: (pen, { face }) =>
    pen.line(`M ${middle - face.width} 176 L ${middle + face.width} 236`, '#241f26', 6) +
    pen.shape(
      `M ${middle + face.eyeGap - 26} 206 Q ${middle + face.eyeGap} 194 ${middle + face.eyeGap + 26} 208 Q ${middle + face.eyeGap + 20} 250 ${middle + face.eyeGap} 252 Q ${middle + face.eyeGap - 24} 246 ${middle + face.eyeGap - 26} 206 Z`,
      '#2d2730',
    ),
  mask: (pen, { face, outfit }) => {
    const { width: w, jaw } = face;
    return (
      pen.shape(
        `M ${middle - w} 244 Q ${middle} 228 ${middle + w} 244 C ${middle + w - 4} 280 ${middle + jaw} 318 ${middle} 324 C ${middle - jaw} 318 ${middle - w + 4} 280 ${middle - w} 244 Z`,
        darken(outfit.color, 0.3),
      ) +
      pen.line(
        `M ${middle - w + 20} 268 Q ${middle} 280 ${middle + w - 20} 268`,
        darken(outfit.color, 0.6),
        2.6,
        0.6,
      )
    );
  },
  earrings: (pen, { face, view }) => {
    // In a three-quarter view the ear stays where it was while the face turns.
    const x = middle - face.width - (view === 'front' ? 8 : 44);
    const near = pen.ellipse([x, 262], [6, 10], '#e6bb4d');
    return view === 'front' ? bothSides(near) : near;
  },
};

const profileLens = 'M 296 206 L 334 204 Q 338 240 316 244 Q 298 240 296 206 Z';

const onProfile: Partial<Record<Accessory, Drawing>> = {
  freckles: (pen, { face }) =>
    [
      [296, 246],
      [306, 252],
      [314, 246],
      [302, 260],
    ]
      .map(([x, y]) => pen.dot([x ?? 0, y ?? 0], 2.2, darken(face.skin, 0.42), 0.6))
      .join(''),
  scar: (pen) => pen.line('M 296 186 L 300 258 M 292 214 L 303 212', '#a8404a', 3.4, 0.75),
  beard: (pen, { hair }) =>
    pen.shape(
      'M 250 234 C 262 262 292 262 310 262 C 322 258 334 256 340 262 C 330 272 318 274 312 282 C 320 284 330 282 336 286 C 344 312 330 346 306 356 C 276 340 244 300 240 250 Z',
      darken(hair.color, 0.08),
    ),
  moustache: (pen, { hair }) =>
    pen.shape(
      'M 342 256 C 326 252 310 262 302 280 C 318 276 334 276 342 266 Z',
      darken(hair.color, 0.1),
    ),
  glasses: (pen) =>
    pen.flat(profileLens, '#dff2ff', 0.3) +
    pen.line(`${profileLens} M 296 208 L 240 214`, '#26222b', 5),
  sunglasses: (pen) =>
    pen.flat(profileLens, '#1f1b2b', 0.92) +
    pen.line(`${profileLens} M 296 208 L 240 214`, '#26222b', 5),
  eyepatch: (pen) =>
    pen.line('M 326 176 L 176 216', '#241f26', 6) +
    pen.shape('M 294 198 Q 316 190 330 200 Q 330 240 314 246 Q 294 238 294 198 Z', '#2d2730'),
  mask: (pen, { outfit }) =>
    pen.shape(
      'M 250 240 C 280 232 320 230 350 238 C 352 250 344 262 340 284 C 336 306 326 322 300 320 C 280 316 256 306 250 240 Z',
      darken(outfit.color, 0.3),
    ),
  earrings: (pen) => pen.ellipse([238, 266], [6, 10], '#e6bb4d'),
};
