import { darken, lighten, mix } from '../color';
import type { Portrait, View } from '../portrait';
import type { OutfitKind } from '../wardrobe';
import { floor, frontTorso, sideArm, sideTorso } from './body';
import { bothSides, middle, type Pen } from './pen';

/** What of a portrait its clothes hang on. */
type Wearer = Pick<Portrait, 'outfit' | 'face'>;

/** The clothed upper body. */
export function drawClothes(pen: Pen, wearer: Wearer, view: View): string {
  const { kind, color, build } = wearer.outfit;
  const base = pen.shape(view === 'side' ? sideTorso : frontTorso, color);
  const details = {
    front: () => base + armLines(pen, color) + fronts[kind](pen, wearer),
    threeQuarter: () => base + armLines(pen, color) + fronts[kind](pen, wearer),
    back: () => base + armLines(pen, color) + drawBack(pen, wearer),
    side: () => base + drawSide(pen, wearer),
  }[view]();
  const middleX = middle * (1 - build);
  return `<g transform="translate(${middleX.toFixed(2)} 0) scale(${build.toFixed(3)} 1)">${details}</g>`;
}

function armLines(pen: Pen, color: string): string {
  const crease = pen.line(`M 148 436 C 138 500 134 600 132 ${floor}`, darken(color, 0.5), 3, 0.45);
  const shade = pen.shade(
    `M 398 392 C 424 430 432 520 434 ${floor} L 380 ${floor} C 384 560 384 450 398 392 Z`,
    0.14,
  );
  return bothSides(crease) + shade;
}

type Drawing = (pen: Pen, wearer: Wearer) => string;

const fronts: Record<OutfitKind, Drawing> = {
  shirt: (pen, { outfit: { color, trim } }) =>
    pen.line('M 208 350 C 224 384 288 384 304 350', trim, 9) +
    pen.line(
      'M 176 440 Q 190 470 186 520 M 336 440 Q 322 470 326 520',
      darken(color, 0.5),
      2.4,
      0.35,
    ),

  hoodie: (pen, { outfit: { color, trim } }) =>
    pen.shape(
      'M 196 338 C 170 352 176 388 256 420 C 336 388 342 352 316 338 C 300 372 212 372 196 338 Z',
      darken(color, 0.1),
    ) +
    pen.line('M 236 402 V 462 M 276 402 V 470', trim, 4) +
    pen.dot([236, 466], 5, trim) +
    pen.dot([276, 474], 5, trim) +
    pen.line('M 176 520 H 336', darken(color, 0.5), 3, 0.4),

  jacket: (pen, { outfit: { color, trim } }) =>
    pen.shape(
      `M 214 346 L 244 ${floor} H 268 L 298 346 C 284 370 228 370 214 346 Z`,
      mix(trim, '#f4f1ec', 0.6),
    ) +
    bothSides(
      pen.shape(
        'M 212 338 L 176 372 L 206 392 L 196 412 L 240 496 L 228 400 Z',
        lighten(color, 0.12),
      ) + pen.line(`M 240 496 L 244 ${floor}`, lighten(color, 0.35), 3),
    ) +
    pen.dot([176, 470], 4, '#c9ccd2') +
    pen.line('M 150 470 H 200', darken(color, 0.5), 3, 0.5),

  suit: (pen, { outfit: { color, extra } }) =>
    pen.shape(`M 212 344 L 250 ${floor} H 262 L 300 344 C 284 368 228 368 212 344 Z`, '#f6f5f2') +
    pen.shape('M 244 374 L 268 374 L 264 392 L 274 470 L 256 492 L 238 470 L 248 392 Z', extra) +
    bothSides(
      pen.shape('M 214 340 L 232 368 L 250 378 L 232 396 Z', '#ffffff') +
        pen.shape(
          'M 210 342 L 178 380 L 204 396 L 192 414 L 252 516 L 232 400 Z',
          lighten(color, 0.08),
        ),
    ) +
    pen.dot([256, 540], 5, darken(color, 0.4)),

  coat: (pen, { outfit: { color, extra } }) =>
    pen.shape(`M 212 346 L 246 ${floor} H 266 L 300 346 C 284 370 228 370 212 346 Z`, extra) +
    bothSides(
      pen.shape(
        'M 212 338 L 170 376 L 200 402 L 188 420 L 246 540 L 230 404 Z',
        lighten(color, 0.3),
      ),
    ) +
    pen.line('M 316 470 H 366 V 520', darken(color, 0.35), 3, 0.6) +
    pen.line('M 330 470 V 448 M 342 470 V 452', extra, 5),

  armour: (pen, { outfit: { color, trim } }) =>
    pen.shape(
      'M 206 350 C 214 392 298 392 306 350 L 318 372 C 300 414 212 414 194 372 Z',
      darken(color, 0.12),
    ) +
    pen.shape(
      `M 172 400 C 200 420 312 420 340 400 C 352 460 330 520 256 556 C 182 520 160 460 172 400 Z`,
      lighten(color, 0.12),
    ) +
    pen.line('M 256 416 V 552', darken(color, 0.45), 3, 0.7) +
    pen.line('M 172 400 C 200 420 312 420 340 400', trim, 7) +
    pen.light('M 196 424 C 190 470 204 508 232 530 C 214 490 210 460 214 428 Z', 0.45) +
    pen.dot([256, 436], 8, trim) +
    bothSides(pauldron(pen, color, trim)),

  robe: (pen, { outfit: { color, trim } }) =>
    pen.shape(
      `M 210 340 C 226 400 244 440 262 ${floor} L 300 ${floor} L 312 344 C 300 376 262 420 252 440 Z`,
      lighten(color, 0.1),
    ) +
    pen.line('M 208 342 C 220 396 250 430 258 520', trim, 12) +
    pen.line('M 304 342 C 292 396 262 430 252 452', trim, 12) +
    ['M 160 450', 'M 352 470', 'M 190 520', 'M 330 410']
      .map((at) =>
        pen.flat(
          `${at} l 4 9 l 10 1 l -8 7 l 3 10 l -9 -6 l -9 6 l 3 -10 l -8 -7 l 10 -1 Z`,
          trim,
          0.85,
        ),
      )
      .join(''),

  kimono: (pen, { outfit: { color, trim, extra } }) =>
    pen.shape('M 206 340 C 220 400 270 450 330 500 L 352 470 C 300 430 250 390 232 350 Z', trim) +
    pen.shape(
      'M 306 340 C 292 400 242 450 182 500 L 160 470 C 212 430 262 390 280 350 Z',
      lighten(trim, 0.2),
    ) +
    pen.shape('M 120 500 H 392 V 560 H 120 Z', extra) +
    [150, 360, 178, 344]
      .map(
        (x, at) =>
          pen.dot([x, 440 + at * 16], 9, lighten(color, 0.45), 0.7) +
          pen.dot([x, 440 + at * 16], 4, extra, 0.8),
      )
      .join(''),

  dress: (pen, { outfit: { color, trim }, face: { skin } }) =>
    pen.shape(
      'M 206 342 C 190 356 150 360 128 384 C 170 410 220 420 256 444 C 292 420 342 410 384 384 C 362 360 322 356 306 342 C 284 372 228 372 206 342 Z',
      skin,
    ) +
    pen.shape(
      'M 118 386 C 160 398 220 412 256 440 C 292 412 352 398 394 386 C 400 412 340 420 256 470 C 172 420 112 412 118 386 Z',
      lighten(color, 0.25),
    ) +
    pen.line('M 122 390 C 164 400 222 416 256 442 C 290 416 348 400 390 390', trim, 5) +
    pen.dot([256, 456], 8, trim) +
    pen.line(
      'M 256 478 V 640 M 214 470 L 196 640 M 298 470 L 316 640',
      darken(color, 0.35),
      2.4,
      0.4,
    ),

  cloak: (pen, { outfit: { color, trim } }) =>
    pen.shape(
      'M 200 334 C 150 356 130 400 140 440 C 190 400 230 410 256 432 C 282 410 322 400 372 440 C 382 400 362 356 312 334 C 296 376 216 376 200 334 Z',
      darken(color, 0.16),
    ) +
    pen.ellipse([256, 424], [17, 17], trim) +
    pen.dot([252, 420], 6, '#ffffff', 0.6) +
    pen.line(
      'M 256 442 C 250 500 252 560 250 640 M 210 440 C 196 500 190 560 186 640 M 302 440 C 316 500 322 560 326 640',
      darken(color, 0.5),
      2.6,
      0.45,
    ),

  spacesuit: (pen, { outfit: { color, extra } }) =>
    pen.shape(
      'M 180 356 C 200 320 312 320 332 356 C 336 392 300 408 256 408 C 212 408 176 392 180 356 Z',
      darken(color, 0.16),
    ) +
    pen.line('M 190 366 C 212 396 300 396 322 366', extra, 6) +
    pen.shape('M 206 442 H 306 V 530 H 206 Z', lighten(color, 0.2)) +
    [
      ['#d94f4f', 224],
      ['#e3b53d', 250],
      ['#4fa36b', 276],
    ]
      .map(([fill, x]) => `<circle cx="${x}" cy="466" r="8" fill="${fill}"/>`)
      .join('') +
    pen.line('M 220 496 H 292 M 220 512 H 270', darken(color, 0.45), 4, 0.6) +
    bothSides(pen.line('M 92 470 Q 120 458 140 470', extra, 9)),
};

function pauldron(pen: Pen, color: string, trim: string): string {
  return (
    pen.shape(
      'M 92 470 C 76 400 110 350 168 352 C 200 354 206 384 194 420 C 160 414 120 430 92 470 Z',
      lighten(color, 0.06),
    ) +
    pen.line('M 92 470 C 120 430 160 414 194 420', trim, 7) +
    pen.light('M 108 412 C 116 384 140 368 164 368 C 142 382 126 398 118 424 Z', 0.5) +
    pen.dot([180, 382], 5, trim)
  );
}

function drawBack(pen: Pen, wearer: Wearer): string {
  const { kind, color, trim } = wearer.outfit;
  const collar = pen.line(
    'M 204 348 C 226 366 286 366 308 348',
    kind === 'shirt' ? trim : lighten(color, 0.15),
    11,
  );
  const seam = pen.line(`M 256 384 V ${floor}`, darken(color, 0.5), 3, 0.4);
  const blades = pen.shade(
    'M 176 430 C 200 470 200 520 180 560 C 170 520 166 470 176 430 Z M 336 430 C 312 470 312 520 332 560 C 342 520 346 470 336 430 Z',
    0.14,
  );
  return blades + seam + (backs[kind]?.(pen, wearer) ?? '') + collar;
}

const hoodBack: Drawing = (pen, { outfit: { color } }) =>
  pen.shape(
    'M 190 338 C 150 360 170 440 256 476 C 342 440 362 360 322 338 C 296 366 216 366 190 338 Z',
    darken(color, 0.1),
  ) +
  pen.line(
    'M 214 362 C 216 410 240 440 256 452 C 272 440 296 410 298 362',
    darken(color, 0.5),
    2.6,
    0.5,
  );

const backs: Partial<Record<OutfitKind, Drawing>> = {
  hoodie: hoodBack,
  cloak: hoodBack,
  armour: (pen, { outfit: { color, trim } }) =>
    pen.line(
      'M 150 440 Q 256 470 362 440 M 146 500 Q 256 530 366 500',
      darken(color, 0.45),
      3,
      0.6,
    ) + bothSides(pauldron(pen, color, trim)),
  kimono: (pen, { outfit: { trim } }) =>
    pen.shape('M 110 500 H 402 V 570 H 110 Z', trim) +
    pen.shape(
      'M 200 480 C 160 460 160 590 200 570 L 256 530 L 312 570 C 352 590 352 460 312 480 L 256 526 Z',
      lighten(trim, 0.2),
    ),
  spacesuit: (pen, { outfit: { color } }) =>
    pen.shape('M 172 400 H 340 V 640 H 172 Z', darken(color, 0.2)) +
    pen.line('M 200 440 H 312 M 200 470 H 312', darken(color, 0.5), 5, 0.5),
  dress: (pen, { outfit: { trim } }) =>
    pen.line(
      'M 256 400 V 560 M 236 420 L 276 440 M 276 420 L 236 440 M 236 460 L 276 480 M 276 460 L 236 480',
      trim,
      3,
    ),
};

function drawSide(pen: Pen, { outfit: { kind, color, trim } }: Wearer): string {
  const collar = pen.line(
    'M 188 350 C 216 372 274 372 298 350',
    kind === 'shirt' ? trim : lighten(color, 0.2),
    11,
  );
  const arm = pen.shape(sideArm, lighten(color, 0.06));
  const lapel = ['suit', 'coat', 'jacket'].includes(kind)
    ? pen.shape(
        'M 290 350 L 336 430 L 316 440 L 326 456 L 300 500 C 300 440 292 400 276 366 Z',
        lighten(color, 0.16),
      )
    : '';
  const front = ['robe', 'kimono'].includes(kind)
    ? pen.line(`M 288 354 C 312 400 330 450 336 ${floor}`, trim, 12)
    : '';
  const hood = ['hoodie', 'cloak'].includes(kind)
    ? pen.shape(
        'M 206 330 C 150 318 118 366 136 412 C 170 424 214 396 224 352 Z',
        darken(color, 0.12),
      )
    : '';
  const plate =
    kind === 'armour'
      ? pen.shape(
          'M 168 452 C 150 384 190 352 232 360 C 276 366 296 404 288 452 C 250 434 204 434 168 452 Z',
          lighten(color, 0.08),
        ) +
        pen.line('M 168 452 C 204 434 250 434 288 452', trim, 7) +
        pen.light('M 186 410 C 194 386 214 374 236 376 C 214 388 204 402 200 426 Z', 0.5)
      : '';
  const pack =
    kind === 'spacesuit' ? pen.shape('M 150 390 H 96 V 640 H 142 Z', darken(color, 0.2)) : '';
  return pack + lapel + front + collar + arm + hood + plate;
}
