export type Rgb = readonly [red: number, green: number, blue: number];

/** `#rrggbb` of channel values from 0 to 255. */
export function toHex(rgb: Rgb): string {
  const channel = (value: number) =>
    Math.round(Math.min(255, Math.max(0, value)))
      .toString(16)
      .padStart(2, '0');
  return `#${rgb.map(channel).join('')}`;
}

function toRgb(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff];
}

/** Goes from one colour to another; `share` 0 is all `from`, 1 all `to`. */
export function mix(from: string, to: string, share: number): string {
  const [a, b] = [toRgb(from), toRgb(to)];
  const between = (channel: 0 | 1 | 2) => a[channel] + (b[channel] - a[channel]) * share;
  return toHex([between(0), between(1), between(2)]);
}

export const darken = (hex: string, share: number) => mix(hex, '#120b1f', share);
export const lighten = (hex: string, share: number) => mix(hex, '#fffaf0', share);
