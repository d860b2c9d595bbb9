/** At most one call of `run` in `ms`; those that come meanwhile share its answer. What failed is asked again. */
export function cached<T>(
  ms: number,
  run: () => Promise<T>,
  now: () => number = () => performance.now(),
): () => Promise<T> {
  let last: { at: number; answer: Promise<T> } | null = null;
  return () => {
    if (last && now() - last.at <= ms) return last.answer;
    const asked = { at: now(), answer: run() };
    last = asked;
    asked.answer.catch(() => {
      if (last === asked) last = null;
    });
    return asked.answer;
  };
}
