import { darken, lighten } from '../color';
import type { Portrait } from '../portrait';
import type { HeadwearKind } from '../wardrobe';
import { bothSides, middle, moved, type Pen } from './pen';

interface Fitting {
  readonly pen: Pen;
  readonly color: string;
  readonly trim: string;
  /** Left and right side of the head, with its hair. */
  readonly l: number;
  readonly r: number;
  readonly view: Portrait['view'];
}

/** What is worn on the head; drawn last of the head. */
export function drawHeadwear(pen: Pen, { outfit, face, view }: Portrait): string {
  const kind = outfit.headwear;
  if (!kind) return '';
  const [l, r] =
    view === 'side' ? [160, 334] : [middle - face.width - 10, middle + face.width + 10];
  return drawings[kind]({ pen, color: outfit.headwearColor, trim: outfit.trim, l, r, view });
}

/** How far the figure moves down so that tall headwear stays on the picture. */
export function headroom(kind: HeadwearKind | undefined): number {
  return kind ? (heights[kind] ?? 0) : 0;
}

const heights: Partial<Record<HeadwearKind, number>> = {
  wizardHat: 96,
  chefHat: 34,
  helmet: 34,
  crown: 26,
  hat: 26,
  cowboyHat: 26,
  pirateHat: 26,
  halo: 26,
  catEars: 26,
  horns: 26,
};

const drawings: Record<HeadwearKind, (fitting: Fitting) => string> = {
  helmet: (fitting) => (fitting.view === 'side' ? helmetSide(fitting) : helmetFront(fitting)),

  bubble: ({ pen, color }) =>
    `<circle cx="256" cy="214" r="138" fill="#dff1ff" opacity="0.2"/>` +
    pen.line('M 256 76 A 138 138 0 1 1 255.9 76', lighten(color, 0.3), 9, 0.9) +
    pen.line('M 150 190 C 156 140 190 104 232 94', '#ffffff', 12, 0.75) +
    pen.dot([150, 220], 7, '#ffffff', 0.75),

  crown: ({ pen, color, l, r }) => {
    const x = (share: number) => l + (r - l) * share;
    const path = `M ${x(0.08)} 150 L ${x(0.03)} 84 L ${x(0.27)} 116 L ${x(0.5)} 66 L ${x(0.73)} 116 L ${x(0.97)} 84 L ${x(0.92)} 150 Q ${x(0.5)} 128 ${x(0.08)} 150 Z`;
    const gems = [
      [0.03, 80, '#d8394f'],
      [0.5, 60, '#3f7fd8'],
      [0.97, 80, '#d8394f'],
    ] as const;
    return (
      pen.shape(path, color) +
      pen.line(`M ${x(0.08)} 143 Q ${x(0.5)} 121 ${x(0.92)} 143`, lighten(color, 0.5), 5, 0.8) +
      gems.map(([at, y, fill]) => pen.ellipse([x(at), y], [8, 8], fill)).join('') +
      pen.ellipse([x(0.5), 118], [9, 11], '#38a169')
    );
  },

  tiara: ({ pen, color, l, r }) => {
    const x = (share: number) => l + (r - l) * share;
    return (
      pen.shape(
        `M ${x(0.1)} 150 Q ${x(0.5)} 112 ${x(0.9)} 150 Q ${x(0.7)} 122 ${x(0.6)} 120 L ${x(0.5)} 88 L ${x(0.4)} 120 Q ${x(0.3)} 122 ${x(0.1)} 150 Z`,
        color,
      ) +
      pen.ellipse([x(0.5), 116], [8, 10], '#e0559a') +
      pen.dot([x(0.5) - 2, 112], 3, '#ffffff', 0.8)
    );
  },

  wizardHat: ({ pen, color, trim, l, r }) => {
    const m = (l + r) / 2;
    return (
      pen.shape(
        `M ${l + 2} 142 C ${m - 44} 90 ${m - 20} 10 ${m + 34} -46 C ${m + 26} -14 ${m + 30} 0 ${m + 40} 30 C ${m + 54} 76 ${r - 14} 112 ${r - 2} 142 Z`,
        color,
      ) +
      pen.shape(
        `M ${l - 48} 158 C ${l - 10} 122 ${r + 10} 122 ${r + 48} 158 C ${r} 178 ${l} 178 ${l - 48} 158 Z`,
        darken(color, 0.12),
      ) +
      pen.line(`M ${l + 2} 140 Q ${m} 118 ${r - 2} 140`, trim, 13) +
      star(pen, m - 14, 70, trim) +
      star(pen, m + 16, 28, trim)
    );
  },

  hood: ({ pen, color, l, r, view }) => {
    const m = (l + r) / 2;
    if (view === 'back')
      return (
        pen.shape(
          `M ${l - 24} 372 C ${l - 54} 2 ${r + 54} 2 ${r + 24} 372 Q ${m} 400 ${l - 24} 372 Z`,
          color,
        ) + pen.line(`M ${m} 84 C ${m - 6} 180 ${m + 4} 290 ${m} 380`, darken(color, 0.5), 3, 0.5)
      );
    const open = view === 'side' ? 34 : 0;
    return (
      pen.shape(
        `M ${l - 24} 372 C ${l - 54} 2 ${r + 54} 2 ${r + 24} 372 C ${r + 6} 350 ${r - 4} 330 ${r - 2} 240 C ${r} 120 ${l + open} 120 ${l + 2 + open} 240 C ${l + 4 + open} 330 ${l - 6} 350 ${l - 24} 372 Z`,
        color,
      ) +
      pen.line(
        `M ${r - 2} 240 C ${r} 120 ${l + open} 120 ${l + 2 + open} 240`,
        lighten(color, 0.3),
        4,
        0.5,
      )
    );
  },

  pirateHat: ({ pen, color, l, r }) => {
    const m = (l + r) / 2;
    return (
      pen.shape(
        `M ${l - 34} 156 C ${l - 10} 60 ${m - 50} 62 ${m} 48 C ${m + 50} 62 ${r + 10} 60 ${r + 34} 156 C ${r - 20} 128 ${l + 20} 128 ${l - 34} 156 Z`,
        color,
      ) +
      pen.line(`M ${l - 34} 156 C ${l + 20} 128 ${r - 20} 128 ${r + 34} 156`, '#d9ab47', 7) +
      pen.dot([m, 92], 16, '#f4efe2') +
      pen.dot([m - 6, 90], 4, color) +
      pen.dot([m + 6, 90], 4, color) +
      pen.line(`M ${m - 20} 116 L ${m + 20} 108 M ${m - 20} 108 L ${m + 20} 116`, '#f4efe2', 5)
    );
  },

  cowboyHat: ({ pen, color, l, r }) => {
    const m = (l + r) / 2;
    return (
      pen.shape(
        `M ${l + 12} 138 C ${l + 16} 60 ${m - 24} 52 ${m} 70 C ${m + 24} 52 ${r - 16} 60 ${r - 12} 138 Z`,
        color,
      ) +
      pen.line(`M ${l + 13} 130 Q ${m} 114 ${r - 13} 130`, darken(color, 0.5), 12) +
      pen.shape(
        `M ${l - 66} 124 C ${l - 20} 168 ${r + 20} 168 ${r + 66} 124 C ${r + 30} 190 ${l - 30} 190 ${l - 66} 124 Z`,
        lighten(color, 0.06),
      )
    );
  },

  headband: ({ pen, color, l, r }) =>
    pen.shape(
      `M ${l} 172 Q ${(l + r) / 2} 142 ${r} 172 L ${r} 196 Q ${(l + r) / 2} 166 ${l} 196 Z`,
      color,
    ) +
    pen.shape(
      `M ${l + 2} 182 L ${l - 44} 214 L ${l - 34} 232 L ${l + 2} 194 Z M ${l + 2} 184 L ${l - 28} 244 L ${l - 10} 250 L ${l + 6} 196 Z`,
      darken(color, 0.15),
    ),

  catEars: ({ pen, color, l, r }) => {
    const ear =
      pen.shape(
        `M ${l + 8} 150 C ${l - 6} 100 ${l - 4} 66 ${l + 2} 52 C ${l + 30} 66 ${l + 54} 88 ${l + 66} 116 Z`,
        color,
      ) +
      pen.flat(
        `M ${l + 16} 132 C ${l + 8} 104 ${l + 8} 84 ${l + 11} 74 C ${l + 28} 86 ${l + 42} 98 ${l + 50} 114 Z`,
        '#f2a8b8',
      );
    return ear + `<g transform="translate(${l + r} 0) scale(-1 1)">${ear}</g>`;
  },

  horns: ({ pen, color, l, r }) => {
    const horn =
      pen.shape(
        `M ${l + 20} 148 C ${l - 16} 120 ${l - 26} 70 ${l + 4} 40 C ${l + 2} 80 ${l + 22} 106 ${l + 52} 122 Z`,
        color,
      ) +
      pen.line(
        `M ${l + 6} 118 L ${l + 26} 108 M ${l - 4} 94 L ${l + 14} 86`,
        darken(color, 0.5),
        3,
        0.6,
      );
    return horn + `<g transform="translate(${l + r} 0) scale(-1 1)">${horn}</g>`;
  },

  halo: ({ pen, color, l, r }) => {
    const m = (l + r) / 2;
    const ring = `M ${m - 70} 66 A 70 18 0 1 1 ${m + 70} 66 A 70 18 0 1 1 ${m - 70} 66`;
    return pen.line(ring, '#fff6c9', 16, 0.45) + pen.line(ring, color, 7);
  },

  flowers: ({ pen, l, r }) => {
    const colors = ['#f28fb1', '#f7d254', '#ffffff', '#c79bf0', '#f28fb1', '#ffffff', '#f7d254'];
    const blossoms = colors.map((fill, at) => {
      const share = at / (colors.length - 1);
      const x = l + 14 + (r - l - 28) * share;
      const y = 158 - Math.sin(share * Math.PI) * 38;
      return blossom(pen, x, y, fill);
    });
    return (
      pen.line(`M ${l + 6} 164 Q ${(l + r) / 2} 82 ${r - 6} 164`, '#4f8a4b', 6) + blossoms.join('')
    );
  },

  headphones: ({ pen, color, l, r, view }) => {
    const band = pen.line(
      `M ${l + 2} 212 C ${l - 14} 70 ${r + 14} 70 ${r - 2} 212`,
      darken(color, 0.35),
      13,
    );
    if (view === 'side')
      return (
        band +
        pen.ellipse([238, 226], [32, 38], color) +
        pen.ellipse([238, 226], [16, 20], lighten(color, 0.3))
      );
    const cup =
      pen.ellipse([l - 2, 226], [19, 35], color) +
      pen.dot([l - 8, 220], 6, lighten(color, 0.6), 0.8);
    return band + cup + `<g transform="translate(${l + r} 0) scale(-1 1)">${cup}</g>`;
  },

  chefHat: ({ pen, color, l, r }) => {
    const m = (l + r) / 2;
    return (
      pen.ellipse([m - 50, 82], [44, 40], color) +
      pen.ellipse([m + 50, 82], [44, 40], color) +
      pen.ellipse([m, 62], [52, 46], color) +
      pen.shape(
        `M ${l + 12} 96 Q ${m} 76 ${r - 12} 96 L ${r - 8} 150 Q ${m} 128 ${l + 8} 150 Z`,
        color,
      ) +
      pen.line(`M ${m - 30} 104 V 132 M ${m} 98 V 128 M ${m + 30} 104 V 132`, '#b9b6ae', 2.6, 0.7)
    );
  },

  beanie: ({ pen, color, l, r }) => {
    const m = (l + r) / 2;
    return (
      pen.shape(`M ${l} 172 C ${l} 64 ${r} 64 ${r} 172 Z`, color) +
      pen.shape(
        `M ${l - 5} 156 Q ${m} 132 ${r + 5} 156 L ${r + 4} 188 Q ${m} 164 ${l - 4} 188 Z`,
        darken(color, 0.14),
      ) +
      pen.line(
        [-54, -32, -10, 12, 34, 54]
          .map((x) => `M ${m + x} ${150 + Math.abs(x) * 0.1} v 22`)
          .join(' '),
        darken(color, 0.5),
        2.6,
        0.5,
      ) +
      pen.ellipse([m, 88], [22, 21], lighten(color, 0.55))
    );
  },

  hat: ({ pen, color, l, r }) => {
    const m = (l + r) / 2;
    return (
      pen.shape(
        `M ${l + 12} 142 C ${l + 16} 66 ${m - 40} 56 ${m} 66 C ${m + 40} 56 ${r - 16} 66 ${r - 12} 142 Z`,
        color,
      ) +
      pen.line(`M ${l + 13} 136 Q ${m} 118 ${r - 13} 136`, darken(color, 0.55), 15) +
      pen.shape(
        `M ${l - 36} 158 C ${l} 128 ${r} 128 ${r + 36} 158 C ${r} 174 ${l} 174 ${l - 36} 158 Z`,
        lighten(color, 0.05),
      )
    );
  },
};

function plume(pen: Pen): string {
  return (
    pen.shape(
      'M 250 96 C 226 30 286 -6 352 30 C 374 44 380 78 372 104 C 352 70 310 60 272 100 Z',
      '#b8343f',
    ) + pen.line('M 262 92 C 270 56 310 40 352 60', '#e77a78', 3, 0.7)
  );
}

const nasal = 'M 247 184 L 265 184 L 262 250 L 256 258 L 250 250 Z';

function helmetFront({ pen, color, trim, l, r, view }: Fitting): string {
  if (view === 'back') {
    return (
      plume(pen) +
      pen.shape(
        `M ${l - 4} 286 C ${l - 14} 34 ${r + 14} 34 ${r + 4} 286 Q 256 318 ${l - 4} 286 Z`,
        color,
      ) +
      pen.line('M 256 100 V 298', lighten(color, 0.3), 8, 0.8) +
      pen.line(`M ${l - 2} 270 Q 256 302 ${r + 2} 270`, trim, 9)
    );
  }
  return (
    plume(pen) +
    pen.shape(
      `M ${l - 4} 286 C ${l - 14} 34 ${r + 14} 34 ${r + 4} 286 L ${r - 22} 298 L ${r - 20} 210 Q 256 176 ${l + 20} 210 L ${l + 22} 298 Z`,
      color,
    ) +
    pen.shape(
      `M ${l - 4} 206 Q 256 154 ${r + 4} 206 L ${r - 16} 214 Q 256 176 ${l + 16} 214 Z`,
      trim,
    ) +
    moved(pen.shape(nasal, color), view === 'threeQuarter' ? 24 : 0, 0) +
    pen.line('M 256 100 V 178', lighten(color, 0.45), 6, 0.8) +
    pen.light(
      `M ${l + 12} 190 C ${l + 12} 140 ${l + 40} 108 ${l + 70} 98 C ${l + 46} 122 ${l + 32} 150 ${l + 30} 186 Z`,
      0.5,
    ) +
    bothSides(pen.dot([l + 10, 246], 4, trim) + pen.dot([l + 12, 272], 4, trim))
  );
}

function helmetSide({ pen, color, trim }: Fitting): string {
  return (
    pen.shape(
      'M 330 96 C 280 20 170 10 120 70 C 100 110 104 190 116 250 C 130 180 150 130 210 100 Z',
      '#b8343f',
    ) +
    pen.shape(
      'M 152 292 C 130 240 136 60 262 72 C 318 78 342 120 340 186 L 300 200 L 294 284 L 262 300 L 226 262 L 206 306 Z',
      color,
    ) +
    pen.shape('M 344 182 L 296 208 L 150 214 L 150 196 L 292 190 L 340 166 Z', trim) +
    pen.light('M 172 180 C 176 132 206 104 250 94 C 216 120 200 146 196 182 Z', 0.5) +
    pen.dot([272, 250], 5, trim) +
    pen.dot([268, 276], 5, trim)
  );
}

function star(pen: Pen, x: number, y: number, color: string): string {
  return pen.flat(
    `M ${x} ${y - 12} l 4 8 l 9 1 l -7 7 l 2 9 l -8 -5 l -8 5 l 2 -9 l -7 -7 l 9 -1 Z`,
    color,
  );
}

function blossom(pen: Pen, x: number, y: number, color: string): string {
  const petals = [0, 72, 144, 216, 288].map((angle) => {
    const turn = (angle * Math.PI) / 180;
    return pen.dot(
      [Math.round(x + Math.sin(turn) * 9), Math.round(y - Math.cos(turn) * 9)],
      8,
      color,
    );
  });
  return petals.join('') + pen.dot([Math.round(x), Math.round(y)], 5, '#e0a52e');
}
