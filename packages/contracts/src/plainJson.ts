const MAX_DEPTH = 32;

/**
 * Why JSON cannot be held by every part of the system, or null when it can: a NUL, half of a character, or levels of
 * nesting that no reader expects. Never recurses, so depth cannot break it.
 */
export function flawOfJson(value: unknown): string | null {
  const open: { value: unknown; depth: number }[] = [{ value, depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { depth } = next;
    if (depth > MAX_DEPTH) return `Is nested deeper than ${MAX_DEPTH} levels.`;
    const texts = typeof next.value === 'string' ? [next.value] : keysOf(next.value);
    if (texts.some((text) => text.includes('\0') || !text.isWellFormed())) {
      return 'Has characters that are not text.';
    }
    if (typeof next.value !== 'object' || next.value === null) continue;
    for (const inner of Object.values(next.value)) open.push({ value: inner, depth: depth + 1 });
  }
  return null;
}

function keysOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}
