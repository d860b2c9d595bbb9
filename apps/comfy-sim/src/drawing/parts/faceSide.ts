import { darken, lighten, mix } from '../color';
import type { Face, Mood } from '../traits/face';
import { moved, type Pen } from './pen';

const sideHead =
  'M 258 116 C 308 114 330 144 332 180 C 332 190 328 197 331 206 L 350 240 C 353 248 346 253 335 253 C 338 259 341 264 336 269 C 341 274 338 281 332 283 C 335 292 335 300 327 311 C 316 324 294 319 268 306 C 206 304 166 256 166 205 C 166 150 204 117 258 116 Z';

/** Head and face in profile, looking to the right. */
export function drawFaceSide(pen: Pen, face: Face): string {
  const { skin, blush } = face;
  return [
    pen.shape(sideHead, skin),
    `<clipPath id="head"><path d="${sideHead}"/></clipPath><g clip-path="url(#head)">`,
    pen.shade(
      'M 240 260 C 262 300 300 312 330 300 L 330 340 L 220 330 Z',
      pen.style === 'anime' ? 0.1 : 0.2,
    ),
    pen.light('M 316 150 C 326 172 324 190 326 204 C 312 190 306 168 300 140 Z', 0.2),
    '</g>',
    `<ellipse cx="304" cy="256" rx="16" ry="8" fill="${mix(skin, '#e8466a', 0.6)}" opacity="${blush.toFixed(2)}" filter="url(#soft)"/>`,
    pen.line('M 338 250 q -8 -1 -9 -8', darken(skin, 0.45), 2.4, 0.7),
    moved(drawEye(pen, face), -6, 2),
    drawMouth(pen, face),
  ].join('');
}

/** The ear, which lies over the hair. */
export function drawEarSide(pen: Pen, { skin, hasPointedEars }: Face): string {
  const path = hasPointedEars
    ? 'M 252 246 C 236 258 222 240 214 210 C 202 186 186 168 176 158 C 214 164 252 186 256 214 Z'
    : 'M 252 214 C 240 196 218 204 220 226 C 222 242 232 254 244 252 C 250 250 250 244 254 238 Z';
  return (
    pen.shape(path, skin) +
    pen.line('M 244 216 C 232 212 228 226 236 238', darken(skin, 0.4), 2.5, 0.6)
  );
}

const browTilt: Record<Mood, number> = {
  smile: -4,
  grin: -6,
  calm: 0,
  angry: 16,
  sad: -14,
  surprised: -10,
};

function drawEye(pen: Pen, { eyes, eyeSize, mood, hasLashes }: Face): string {
  const isAnime = pen.style === 'anime';
  const tall = (isAnime ? 20 : 11) * eyeSize;
  const white = `M 298 ${216 - tall * 0.3} Q 314 ${214 - tall} 322 ${214 - tall * 0.2} Q 322 ${214 + tall * 0.7} 312 ${216 + tall} Q 300 ${216 + tall * 0.8} 298 ${216 - tall * 0.3} Z`;
  const lid = `M 295 ${217 - tall * 0.3} Q 312 ${210 - tall} 325 ${214 - tall * 0.3}`;
  return [
    `<path d="${white}" fill="#fbfaff"/>`,
    `<ellipse cx="315" cy="217" rx="${isAnime ? 6.5 : 5.5}" ry="${tall * 0.82}" fill="${darken(eyes, 0.25)}"/>`,
    `<ellipse cx="316" cy="${217 + tall * 0.3}" rx="4.6" ry="${tall * 0.45}" fill="${lighten(eyes, 0.3)}"/>`,
    `<ellipse cx="317" cy="216" rx="3" ry="${tall * 0.42}" fill="${darken(eyes, 0.75)}"/>`,
    `<circle cx="313" cy="${216 - tall * 0.4}" r="${isAnime ? 3.4 : 2.2}" fill="#ffffff"/>`,
    pen.line(lid, '#2b1d2b', isAnime ? 5 : 3.4),
    hasLashes ? pen.line(`M 323 ${214 - tall * 0.4} l 9 -7`, '#2b1d2b', 3) : '',
    `<g transform="rotate(${browTilt[mood]} 312 ${198 - tall * 0.5})">${pen.line(`M 294 ${197 - tall * 0.45} Q 312 ${186 - tall * 0.5} 327 ${195 - tall * 0.4}`, '#3a2a28', isAnime ? 4.5 : 6, 0.8)}</g>`,
  ].join('');
}

function drawMouth(pen: Pen, { skin, mood, hasLashes }: Face): string {
  const lip = mix(skin, '#b3374a', hasLashes ? 0.55 : 0.36);
  const corner = { smile: 266, grin: 263, calm: 271, angry: 276, sad: 277, surprised: 270 }[mood];
  const lips = pen.flat(
    'M 336 262 Q 342 266 337 270 Q 341 275 333 282 Q 324 278 320 271 Q 330 268 336 262 Z',
    lip,
    0.75,
  );
  return lips + pen.line(`M 338 270 Q 326 273 312 ${corner}`, darken(lip, 0.5), 2.8);
}
