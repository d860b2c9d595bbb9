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

/** Levenshtein's distance: how many characters must be added, dropped or changed. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, char] of Array.from(a).entries()) {
    const next = [i + 1];
    for (const [j, other] of Array.from(b).entries()) {
      const changed = (row[j] ?? 0) + (char === other ? 0 : 1);
      next.push(Math.min(changed, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
