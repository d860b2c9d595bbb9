import { darken, lighten, mix } from '../color';
import type { Motif, Scene } from '../traits/scene';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The background, over the whole picture. */
export function drawBackdrop(scene: Scene, size: Size): string {
  const { width, height } = size;
  const lights = scene.lights.map(
    ({ x, y, r }) =>
      `<circle cx="${(x * width).toFixed(1)}" cy="${(y * height).toFixed(1)}" r="${r.toFixed(1)}" fill="${scene.glow}" opacity="0.16"/>`,
  );
  return `<defs>
<linearGradient id="sky" x1="0" y1="0" x2="0.25" y2="1"><stop offset="0" stop-color="${scene.top}"/><stop offset="1" stop-color="${scene.bottom}"/></linearGradient>
<radialGradient id="glow" cx="0.5" cy="0.42" r="0.62"><stop offset="0" stop-color="${scene.glow}" stop-opacity="0.8"/><stop offset="0.5" stop-color="${scene.glow}" stop-opacity="0.34"/><stop offset="0.8" stop-color="${scene.glow}" stop-opacity="0.07"/><stop offset="1" stop-color="${scene.glow}" stop-opacity="0"/></radialGradient>
</defs>
<rect width="${width}" height="${height}" fill="url(#sky)"/>
${motifs[scene.motif](scene, size)}
<rect width="${width}" height="${height}" fill="url(#glow)"/>
${lights.join('')}`;
}

const motifs: Record<Motif, (scene: Scene, size: Size) => string> = {
  none: () => '',
  hills: (scene, size) => hills(mix(scene.bottom, darken(scene.top, 0.25), 0.55), size),
  forest: (scene, size) =>
    trees(mix(scene.top, darken(scene.bottom, 0.2), 0.55), size, 0.42) +
    trees(darken(scene.bottom, 0.35), size, 0.56),
  city: (scene, size) => city(darken(scene.top, 0.35), scene.glow, size),
  stars: (scene, size) => stars(scene.glow, size),
  snow: (_scene, size) => hills('#ffffff', size) + flakes('#ffffff', size),
  sea: (scene, size) => sea(mix(scene.top, '#1f6f9f', 0.6), size),
  embers: (scene, size) => hills(darken(scene.top, 0.5), size) + flakes(scene.glow, size),
  castle: (scene, size) => castle(mix(scene.top, '#5c4a86', 0.5), size),
  bubbles: (scene, size) => bubbles(lighten(scene.top, 0.4), size),
};

// Fixed places that look unplanned: the golden ratio spreads them evenly.
function spread(count: number, { width, height }: Size): { x: number; y: number; at: number }[] {
  return Array.from({ length: count }, (_, at) => ({
    at,
    x: Math.round(((at * 0.618034 + 0.13) % 1) * width),
    y: Math.round(((at * 0.7548777 + 0.07) % 1) * height),
  }));
}

function hills(color: string, { width: w, height: h }: Size): string {
  const back = `M0 ${h * 0.66} C ${w * 0.2} ${h * 0.5} ${w * 0.35} ${h * 0.72} ${w * 0.55} ${h * 0.6} S ${w * 0.85} ${h * 0.52} ${w} ${h * 0.64} V ${h} H 0 Z`;
  const front = `M0 ${h * 0.78} C ${w * 0.3} ${h * 0.66} ${w * 0.5} ${h * 0.86} ${w} ${h * 0.74} V ${h} H 0 Z`;
  return `<path d="${back}" fill="${color}" opacity="0.45"/><path d="${front}" fill="${color}" opacity="0.75"/>`;
}

function trees(color: string, { width, height }: Size, top: number): string {
  const step = 46;
  const all = Array.from({ length: Math.ceil(width / step) + 1 }, (_, at) => {
    const x = at * step + (top > 0.5 ? 20 : 0);
    const y = height * (top + 0.1 * Math.sin(at * 2.3));
    return `M ${x - 34} ${height} L ${x} ${y.toFixed(1)} L ${x + 34} ${height} Z`;
  });
  return `<path d="${all.join(' ')}" fill="${color}" opacity="0.8"/>`;
}

function city(color: string, window: string, { width, height }: Size): string {
  const step = 58;
  const houses = Array.from({ length: Math.ceil(width / step) }, (_, at) => {
    const top = height * (0.28 + 0.16 * Math.abs(Math.sin(at * 1.9)));
    const wall = `<rect x="${at * step}" y="${top.toFixed(1)}" width="${step - 6}" height="${height}" fill="${color}"/>`;
    const windows = Array.from({ length: 12 }, (_, n) =>
      (n * 7 + at * 5) % 3 === 0
        ? `<rect x="${at * step + 9 + (n % 3) * 13}" y="${(top + 14 + Math.floor(n / 3) * 24).toFixed(1)}" width="7" height="11" fill="${window}" opacity="0.75"/>`
        : '',
    );
    return wall + windows.join('');
  });
  return `<g opacity="0.85">${houses.join('')}</g>`;
}

function stars(color: string, size: Size): string {
  const all = spread(70, size).map(
    ({ x, y, at }) =>
      `<circle cx="${x}" cy="${y}" r="${(0.8 + (at % 4) * 0.6).toFixed(1)}" fill="${color}"/>`,
  );
  const moon = `<circle cx="${size.width * 0.82}" cy="${size.height * 0.17}" r="38" fill="#f6f1d5" opacity="0.9"/>`;
  const dark = `<circle cx="${size.width * 0.82 - 15}" cy="${size.height * 0.17 - 9}" r="33" fill="#2a2a5e" opacity="0.55"/>`;
  return all.join('') + moon + dark;
}

function flakes(color: string, size: Size): string {
  const all = spread(46, size).map(
    ({ x, y, at }) =>
      `<circle cx="${x}" cy="${y}" r="${1.6 + (at % 3)}" fill="${color}" opacity="0.8"/>`,
  );
  return all.join('');
}

function sea(color: string, { width: w, height: h }: Size): string {
  const sun = `<circle cx="${w * 0.2}" cy="${h * 0.2}" r="44" fill="#fff3c4" opacity="0.9"/>`;
  const water = `<rect y="${h * 0.52}" width="${w}" height="${h * 0.24}" fill="${color}" opacity="0.75"/>`;
  const waves = [0.57, 0.63, 0.69].map((y, at) => {
    const parts = Array.from({ length: Math.ceil(w / 60) + 1 }, () => 'q 15 -9 30 0 t 30 0');
    return `<path d="M ${-at * 20} ${h * y} ${parts.join(' ')}" fill="none" stroke="#ffffff" stroke-width="3" opacity="0.45"/>`;
  });
  return sun + water + waves.join('');
}

function castle(color: string, { width: w, height: h }: Size): string {
  const tower = (x: number, top: number, wide: number) =>
    `<path d="M ${x} ${h} V ${top} h ${wide / 5} v 10 h ${wide / 5} v -10 h ${wide / 5} v 10 h ${wide / 5} v -10 h ${wide / 5} V ${h} Z M ${x - 6} ${top} l ${wide / 2 + 6} -44 l ${wide / 2 + 6} 44 Z"/>`;
  const towers = [
    tower(w * 0.06, h * 0.34, 54),
    tower(w * 0.2, h * 0.48, 90),
    tower(w * 0.8, h * 0.4, 62),
    tower(w * 0.68, h * 0.52, 70),
  ];
  return `<g fill="${color}" opacity="0.5">${towers.join('')}</g>`;
}

function bubbles(color: string, size: Size): string {
  const all = spread(9, size).map(
    ({ x, y, at }) =>
      `<circle cx="${x}" cy="${y}" r="${26 + ((at * 17) % 54)}" fill="${color}" opacity="0.22"/>`,
  );
  return all.join('');
}
