// Letters as strokes in a 6 by 10 box, so that no font is needed.
const letters: Readonly<Record<string, string>> = {
  s: 'M5.2 4.6 C4.4 3 1 3 1 5 C1 7 5.4 6.4 5.4 8.4 C5.4 10.6 1.2 10.6 0.6 8.8',
  i: 'M3 3.5 V10 M3 0.5 V0.6',
  m: 'M0 10 V3.5 M0 5.5 C1 3 3 3 3 5.5 V10 M3 5.5 C4 3 6 3 6 5.5 V10',
  u: 'M0.5 3.5 V8 C0.5 10.8 5.5 10.8 5.5 8 M5.5 3.5 V10',
  l: 'M3 0 V10',
  a: 'M5.5 4 V10 M5.5 5.5 C4.5 3 0.5 3 0.5 6.8 C0.5 10.6 4.5 10.6 5.5 8',
  t: 'M3 0.5 V8.5 C3 10 4 10 5.5 10 M0.5 3.5 H5.5',
  e: 'M0.7 6.8 H5.5 C5.5 2.4 0.5 2.4 0.5 6.8 C0.5 10.6 4.5 10.6 5.5 8.6',
  d: 'M5.5 0 V10 M5.5 5.5 C4.5 3 0.5 3 0.5 6.8 C0.5 10.6 4.5 10.6 5.5 8',
};

const advance = 9;

/** The word "simulated" in the lower right corner of the picture. */
export function drawWatermark(width: number, height: number): string {
  const word = 's i m u l a t e d'.split(' ');
  const scale = Math.min(1, width / 160);
  const left = width - (word.length * advance + 10) * scale;
  const top = height - 22 * scale;
  const strokes = word.map((letter, at) => {
    return `<path transform="translate(${at * advance} 0)" d="${letters[letter] ?? ''}"/>`;
  });
  const place = `transform="translate(${left.toFixed(1)} ${top.toFixed(1)}) scale(${scale.toFixed(3)})"`;
  const round = 'fill="none" stroke-linecap="round" stroke-linejoin="round"';
  return `<g ${place} ${round}><g stroke="#000000" stroke-width="3.4" opacity="0.28">${strokes.join('')}</g><g stroke="#ffffff" stroke-width="1.7" opacity="0.85">${strokes.join('')}</g></g>`;
}
