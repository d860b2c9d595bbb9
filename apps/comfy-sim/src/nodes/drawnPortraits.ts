import type { Portrait } from '../drawing/portrait';
import type { Picture } from '../pictures/picture';

// A model sees who is on a picture; the simulator remembers whom it drew.
const portraits = new WeakMap<Buffer, Portrait>();

export function rememberPortrait(frame: Buffer, portrait: Portrait): void {
  portraits.set(frame, portrait);
}

export function portraitOn(frame: Buffer): Portrait | undefined {
  return portraits.get(frame);
}

/** Tells that the pictures of `to` show what those of `from` do, in another size. */
export function passPortraitsOn(from: Picture, to: Picture): Picture {
  for (const [index, frame] of from.frames.entries()) {
    const [portrait, copy] = [portraits.get(frame), to.frames[index]];
    if (portrait && copy && copy !== frame) portraits.set(copy, portrait);
  }
  return to;
}
