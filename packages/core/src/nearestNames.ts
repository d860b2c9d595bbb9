const MAX_NAMES = 3;

/** The names of `valid` most like `name`, the likest first, at most three; quite different ones are left out. */
export function nearestNames(name: string, valid: readonly string[]): string[] {
  const wanted = simplify(name);
  const furthest = Math.max(2, wanted.length / 2);
  return valid
    .map((candidate) => ({ candidate, simple: simplify(candidate) }))
    .filter(({ simple }) => Math.abs(simple.length - wanted.length) <= furthest)
    .map(({ candidate, simple }) => ({ candidate, distance: distance(wanted, simple) }))
    .filter(({ distance }) => distance <= furthest)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, MAX_NAMES)
    .map(({ candidate }) => candidate);
}

/** Folder, case, separators and extension are where names of the same model differ most. */
function simplify(name: string): string {
  const base = name.split(/[\\/]/).at(-1) ?? name;
  return base
    .toLowerCase()
    .replace(/\.[a-z]\w*$/, '')
    .replace(/[\s_-]+/g, '-')
    .slice(0, 100);
}

/** Levenshtein's distance: how many characters must be added, dropped or changed. One row of the table is kept. */
function distance(a: string, b: string): number {
  const row = Uint16Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 0; i < a.length; i += 1) {
    let diagonal = i;
    row[0] = i + 1;
    for (let j = 0; j < b.length; j += 1) {
      const above = row[j + 1] ?? 0;
      const changed = diagonal + (a.charCodeAt(i) === b.charCodeAt(j) ? 0 : 1);
      row[j + 1] = Math.min(changed, above + 1, (row[j] ?? 0) + 1);
      diagonal = above;
    }
  }
  return row[b.length] ?? 0;
}
