import { darken, lighten } from '../color';
import type { Style } from '../portrait';

type Point = readonly [x: number, y: number];

/** Draws SVG elements in one of the two styles: inked and flat, or soft and modelled. */
export class Pen {
  private readonly paints = new Map<string, string>();

  constructor(readonly style: Style) {}

  /** Gradients and filters the drawn elements refer to. */
  defs(): string {
    return [...this.paints.values(), softShadow].join('');
  }

  /** A closed shape with the style's modelling. */
  shape(path: string, color: string, more = ''): string {
    return `<path d="${path}" fill="${this.paint(color)}" ${this.ink(color)} ${more}/>`;
  }

  ellipse([x, y]: Point, [rx, ry]: Point, color: string): string {
    return `<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" fill="${this.paint(color)}" ${this.ink(color)}/>`;
  }

  /** A shape of one even colour, without an outline. */
  flat(path: string, color: string, opacity = 1): string {
    return `<path d="${path}" fill="${color}" opacity="${opacity}"/>`;
  }

  dot([x, y]: Point, r: number, color: string, opacity = 1): string {
    return `<circle cx="${x}" cy="${y}" r="${r}" fill="${color}" opacity="${opacity}"/>`;
  }

  line(path: string, color: string, width: number, opacity = 1): string {
    const round = 'stroke-linecap="round" stroke-linejoin="round"';
    return `<path d="${path}" fill="none" stroke="${color}" stroke-width="${width}" opacity="${opacity}" ${round}/>`;
  }

  /** Shade on what lies below: a hard edge in the flat style, a soft one in the other. */
  shade(path: string, opacity: number): string {
    const blur = this.style === 'realistic' ? 'filter="url(#soft)"' : '';
    return `<path d="${path}" fill="#2a1433" opacity="${opacity}" ${blur}/>`;
  }

  light(path: string, opacity: number): string {
    const blur = this.style === 'realistic' ? 'filter="url(#soft)"' : '';
    return `<path d="${path}" fill="#ffffff" opacity="${opacity}" ${blur}/>`;
  }

  private ink(color: string): string {
    if (this.style === 'realistic') return '';
    return `stroke="${darken(color, 0.62)}" stroke-width="3" stroke-linejoin="round"`;
  }

  private paint(color: string): string {
    const id = `p${color.slice(1)}`;
    if (!this.paints.has(id)) this.paints.set(id, this.gradient(id, color));
    return `url(#${id})`;
  }

  private gradient(id: string, color: string): string {
    const [bright, dark] = this.style === 'realistic' ? [0.2, 0.34] : [0.1, 0.1];
    const stops = [
      `<stop offset="0" stop-color="${lighten(color, bright)}"/>`,
      `<stop offset="0.5" stop-color="${color}"/>`,
      `<stop offset="1" stop-color="${darken(color, dark)}"/>`,
    ];
    return `<linearGradient id="${id}" x1="0.15" y1="0" x2="0.85" y2="1">${stops.join('')}</linearGradient>`;
  }
}

const softShadow =
  '<filter id="soft" x="-40%" y="-40%" width="180%" height="180%"><feGaussianBlur stdDeviation="7"/></filter>';

/** What a part is drawn with and on: the middle of the head, and where its sides are. */
export const middle = 256;

/** A path drawn on both sides of the middle. */
export function bothSides(element: string): string {
  return `${element}<g transform="translate(${2 * middle} 0) scale(-1 1)">${element}</g>`;
}

export function moved(element: string, x: number, y: number): string {
  return `<g transform="translate(${x} ${y})">${element}</g>`;
}
