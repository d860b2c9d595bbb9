/** What following the links of a graph finds, beside the nodes that it reaches. */
export interface LinkOrder {
  /** The nodes that the roots need, themselves included, each after those it needs. */
  reached: string[];
  /** The first few, each a ring of node ids. */
  cycles: string[][];
  /** The node at the end of the longest chain, and how many nodes that chain has. */
  longest: { end: string | null; length: number };
}

const MAX_CYCLES = 10;

/** Follows links from `roots`, without recursion: a chain may be as long as the graph. */
export function orderLinks(
  roots: readonly string[],
  sourcesOf: (id: string) => readonly string[],
): LinkOrder {
  const order: LinkOrder = { reached: [], cycles: [], longest: { end: null, length: 0 } };
  const lengths = new Map<string, number>();
  const path: { id: string; sources: readonly string[]; next: number }[] = [];
  const onPath = new Map<string, number>();

  for (const root of roots) {
    visit(root);
    for (let step = path.at(-1); step; step = path.at(-1)) {
      const source = step.sources[step.next];
      step.next += 1;
      if (source === undefined) leave(step.id, step.sources);
      else visit(source);
    }
  }
  return order;

  function visit(id: string): void {
    if (lengths.has(id)) return;
    const start = onPath.get(id);
    if (start === undefined) {
      onPath.set(id, path.length);
      path.push({ id, sources: sourcesOf(id), next: 0 });
    } else if (order.cycles.length < MAX_CYCLES) {
      order.cycles.push(path.slice(start).map((step) => step.id));
    }
  }

  function leave(id: string, sources: readonly string[]): void {
    path.pop();
    onPath.delete(id);
    const length =
      1 + sources.reduce((most, source) => Math.max(most, lengths.get(source) ?? 0), 0);
    lengths.set(id, length);
    order.reached.push(id);
    if (length > order.longest.length) order.longest = { end: id, length };
  }
}
