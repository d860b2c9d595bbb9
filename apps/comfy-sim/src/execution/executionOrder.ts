import { isOutputClass } from '../catalog/nodeCatalog';
import { findNode, isLink, nodeOf, type Graph } from '../graph';
import { WorkerDeath } from './workerDeath';

/**
 * Which node comes next. Same order as ComfyUI's: its stack-wise walk decides among equals, and
 * an output, or a node close to one, goes first.
 */
export class ExecutionOrder {
  private readonly waitingFor = new Map<string, Set<string>>();
  private readonly blocks = new Map<string, Set<string>>();

  constructor(
    private readonly graph: Graph,
    private readonly isCached: (id: string) => boolean,
    outputs: readonly string[],
  ) {
    for (const id of outputs) this.add(id);
  }

  /** The next node to run; undefined when all are done. */
  next(): string | undefined {
    const ready = [...this.waitingFor]
      .filter(([, sources]) => sources.size === 0)
      .map(([id]) => id);
    const isOutput = (id: string) => isOutputClass(nodeOf(this.graph, id).class_type);
    const leadsTo = (id: string, test: (id: string) => boolean) =>
      [...(this.blocks.get(id) ?? [])].some(test);
    return (
      ready.find(isOutput) ??
      ready.find((id) => leadsTo(id, isOutput)) ??
      ready.find((id) => leadsTo(id, (between) => leadsTo(between, isOutput))) ??
      ready[0]
    );
  }

  complete(id: string): void {
    this.waitingFor.delete(id);
    for (const blocked of this.blocks.get(id) ?? []) this.waitingFor.get(blocked)?.delete(id);
    this.blocks.delete(id);
  }

  private add(start: string): void {
    const stack = [start];
    for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
      if (this.waitingFor.has(id)) continue;
      const sources = this.uncachedSources(id);
      this.waitingFor.set(id, new Set(sources));
      for (const source of sources) {
        const blocked = this.blocks.get(source) ?? new Set();
        this.blocks.set(source, blocked.add(id));
        stack.push(source);
      }
    }
  }

  private uncachedSources(id: string): string[] {
    const links = Object.values(nodeOf(this.graph, id).inputs).filter(isLink);
    const sources = links.map(([source]) => source);
    // Links in inputs that no class declares are followed too, and were validated by nobody.
    const lost = sources.find((source) => !findNode(this.graph, source));
    if (lost !== undefined) throw new WorkerDeath('NodeNotFoundError', `Node ${lost} not found`);
    return sources.filter((source) => !this.isCached(source));
  }
}
