import sharp from 'sharp';
import { drawFigure } from './figure';
import type { Portrait } from './portrait';
import { drawBackdrop } from './parts/backdrop';
import { headroom } from './parts/headwear';
import { middle, Pen } from './parts/pen';
import { drawWatermark } from './parts/watermark';

interface Size {
  readonly width: number;
  readonly height: number;
}

const unit = 512;
const previewSide = 512;

// The figure is drawn smaller than it shall fill the picture.
const closeness = 1.17;
const closeUp = `translate(${middle} 300) scale(${closeness}) translate(-${middle} -292)`;
const neck = 338;

/** The portrait as SVG of the given size in pixels. */
export function drawPortrait(portrait: Portrait, { width, height }: Size): string {
  const scale = Math.min(width, height) / unit;
  const page = { width: width / scale, height: height / scale };
  const pen = new Pen(portrait.style);
  const figure = drawFigure(pen, portrait);
  const { tint } = portrait;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${page.width} ${page.height}">
${drawBackdrop(portrait.scene, page)}
<defs>${pen.defs()}<radialGradient id="edge" cx="0.5" cy="0.45" r="0.75"><stop offset="0.6" stop-color="#1a0f2b" stop-opacity="0"/><stop offset="1" stop-color="#1a0f2b" stop-opacity="0.42"/></radialGradient></defs>
<g transform="${placeOf(portrait, page)}">${figure}</g>
<rect width="${page.width}" height="${page.height}" fill="${tint.color}" opacity="${tint.opacity.toFixed(3)}"/>
<rect width="${page.width}" height="${page.height}" fill="url(#edge)"/>
${drawWatermark(page.width, page.height)}
</svg>`;
}

/** Where on a page, how large and how tilted the figure is. */
function placeOf({ stance, outfit, shift, lean }: Portrait, page: Size): string {
  const x = (page.width - unit) / 2 + shift;
  const y = (page.height - unit) * 0.42 + headroom(outfit.headwear) + 10;
  if (!stance) {
    const tilt = `rotate(${lean} ${middle} ${unit}) ${closeUp}`;
    return `translate(${x.toFixed(2)} ${y.toFixed(2)}) ${tilt}`;
  }
  const plain = [x - shift + middle, y + 300 + (neck - 292) * closeness] as const;
  const scale = closeness * stance.scale;
  // However high the pose's neck is, most of the head stays in the picture.
  const posed = [
    stance.neck[0] * page.width,
    Math.max(stance.neck[1] * page.height, scale * 200),
  ] as const;
  const [toX, toY] = plain.map(
    (from, axis) => from + ((posed[axis] ?? 0) - from) * stance.strength,
  );
  return `translate(${(toX ?? 0).toFixed(2)} ${(toY ?? 0).toFixed(2)}) rotate(${stance.lean.toFixed(2)}) scale(${scale.toFixed(3)}) translate(-${middle} -${neck})`;
}

/** The portrait as RGB bytes of exactly the given size. */
export async function renderPortrait(
  portrait: Portrait,
  width: number,
  height: number,
): Promise<Buffer> {
  return pipelineOf(portrait, { width, height }).raw().toBuffer();
}

/** A JPEG of the portrait in the making; `share` of it is done. */
export async function renderPreview(
  portrait: Portrait,
  size: Size,
  share: number,
): Promise<Buffer> {
  const scale = previewSide / Math.max(size.width, size.height);
  const width = Math.max(1, Math.round(size.width * scale));
  const height = Math.max(1, Math.round(size.height * scale));
  const noise = (1 - share) * 24;
  const picture = pipelineOf(portrait, { width, height });
  return (noise > 0.3 ? picture.blur(noise) : picture).jpeg({ quality: 95 }).toBuffer();
}

function pipelineOf(portrait: Portrait, size: Size): sharp.Sharp {
  const picture = sharp(Buffer.from(drawPortrait(portrait, size)))
    .resize({ ...size, fit: 'fill' })
    .flatten({ background: '#000000' })
    .modulate({ saturation: portrait.saturation });
  const blur = (portrait.softness * Math.min(size.width, size.height)) / unit;
  return (blur > 0.3 ? picture.blur(blur) : picture).toColourspace('srgb').removeAlpha();
}
