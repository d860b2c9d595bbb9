/**
 * Python's `heapq`: `items` has the same order as the list of a real server's queue, which
 * `GET /queue` shows as it is. Algorithm: CPython, Lib/heapq.py.
 */
export class PriorityHeap<T> {
  items: T[] = [];

  constructor(private readonly isBefore: (a: T, b: T) => boolean) {}

  push(item: T): void {
    this.items.push(item);
    this.siftDown(0, this.items.length - 1);
  }

  pop(): T | undefined {
    const last = this.items.pop();
    const first = this.items[0];
    if (first === undefined || last === undefined) return last;
    this.items[0] = last;
    this.siftUp(0);
    return first;
  }

  /** Takes out the first item that matches, and orders the rest anew. */
  remove(matches: (item: T) => boolean): boolean {
    const index = this.items.findIndex(matches);
    if (index < 0) return false;
    this.items.splice(index, 1);
    for (let at = Math.floor(this.items.length / 2) - 1; at >= 0; at -= 1) this.siftUp(at);
    return true;
  }

  private at(index: number): T {
    const item = this.items[index];
    if (item === undefined) throw new RangeError(`no item ${index} in the heap`);
    return item;
  }

  private siftDown(start: number, from: number): void {
    const item = this.at(from);
    let position = from;
    while (position > start) {
      const parent = (position - 1) >> 1;
      if (!this.isBefore(item, this.at(parent))) break;
      this.items[position] = this.at(parent);
      position = parent;
    }
    this.items[position] = item;
  }

  private siftUp(start: number): void {
    const item = this.at(start);
    let position = start;
    let child = 2 * position + 1;
    while (child < this.items.length) {
      const right = child + 1;
      if (right < this.items.length && !this.isBefore(this.at(child), this.at(right)))
        child = right;
      this.items[position] = this.at(child);
      position = child;
      child = 2 * position + 1;
    }
    this.items[position] = item;
    this.siftDown(start, position);
  }
}
