/** Things due at a time, in order of time; of those due at once, the first added first. A binary heap. */
export class Agenda<T> {
  readonly #heap: { atMs: number; order: number; item: T }[] = [];
  #added = 0;

  add(atMs: number, item: T): void {
    this.#heap.push({ atMs, order: this.#added, item });
    this.#added += 1;
    this.#rise(this.#heap.length - 1);
  }

  /** When the next thing is due; `undefined` when nothing is. */
  get nextMs(): number | undefined {
    return this.#heap[0]?.atMs;
  }

  next(): { atMs: number; item: T } | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (first && last && first !== last) {
      this.#heap[0] = last;
      this.#sink(0);
    }
    return first;
  }

  #isBefore(a: number, b: number): boolean {
    const x = this.#heap[a];
    const y = this.#heap[b];
    if (!x || !y) return x !== undefined;
    return x.atMs < y.atMs || (x.atMs === y.atMs && x.order < y.order);
  }

  #swap(a: number, b: number): void {
    const x = this.#heap[a];
    const y = this.#heap[b];
    if (!x || !y) return;
    this.#heap[a] = y;
    this.#heap[b] = x;
  }

  #rise(index: number): void {
    const above = (index - 1) >> 1;
    if (index === 0 || !this.#isBefore(index, above)) return;
    this.#swap(index, above);
    this.#rise(above);
  }

  #sink(index: number): void {
    const [left, right] = [2 * index + 1, 2 * index + 2];
    const child = this.#isBefore(right, left) ? right : left;
    if (!this.#isBefore(child, index)) return;
    this.#swap(index, child);
    this.#sink(child);
  }
}
