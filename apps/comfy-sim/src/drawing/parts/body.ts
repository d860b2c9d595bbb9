import { darken } from '../color';
import type { View } from '../portrait';
import type { Face } from '../traits/face';
import type { Pen } from './pen';

// Far below any picture's lower edge.
export const floor = 2000;

export const frontTorso = `M 214 342 C 186 356 140 358 114 388 C 92 416 84 480 78 ${floor} L 434 ${floor} C 428 480 420 416 398 388 C 372 358 326 356 298 342 C 282 366 230 366 214 342 Z`;
export const sideTorso = `M 188 346 C 158 358 140 392 136 452 C 130 520 128 700 126 ${floor} L 352 ${floor} C 358 700 362 520 348 440 C 338 390 318 358 296 346 C 270 362 218 362 188 346 Z`;
export const sideArm = `M 196 404 C 172 440 170 520 174 ${floor} L 280 ${floor} C 286 520 286 440 264 404 C 246 378 212 380 196 404 Z`;

/** The neck, which the clothes cover in part. */
export function drawNeck(pen: Pen, { skin }: Face, view: View): string {
  if (view === 'side') {
    const neck =
      'M 204 262 C 210 306 202 334 184 354 C 220 376 276 374 300 352 C 288 338 282 322 290 300 Z';
    return (
      pen.shape(neck, darken(skin, 0.06)) +
      pen.shade('M 216 292 C 250 316 280 318 292 304 L 288 322 C 264 336 232 326 216 292 Z', 0.2)
    );
  }
  const neck =
    'M 224 270 C 227 318 224 338 208 350 C 232 378 280 378 304 350 C 288 338 285 318 288 270 Z';
  const shade = view === 'back' ? 0.12 : 0.24;
  return (
    pen.shape(neck, darken(skin, 0.05)) +
    pen.shade('M 226 296 C 240 328 272 328 286 296 L 287 318 C 272 342 240 342 225 318 Z', shade)
  );
}
