import { createHash } from 'node:crypto';
import type { Folders } from '../files/folders';
import { findNode, isLink, type Graph } from '../graph';
import { isObject } from '../json';
import { nodeKinds } from '../nodes/nodeKinds';
import { sizeOf, type OutputValue } from '../nodes/nodeValue';
import type { NodeMeta, NodeOutput } from '../queue/history';
import { WorkerDeath } from './workerDeath';

export interface CachedResult {
  readonly outputs: readonly OutputValue[];
  readonly ui?: { readonly meta: NodeMeta; readonly output: NodeOutput };
}

/** Results by signature; the least recently used go when they take more than the capacity. */
export class ResultCache {
  private readonly entries = new Map<string, CachedResult>();
  private bytes = 0;

  constructor(private readonly capacityBytes: number) {}

  get(signature: string): CachedResult | undefined {
    const entry = this.entries.get(signature);
    if (entry) {
      this.entries.delete(signature);
      this.entries.set(signature, entry);
    }
    return entry;
  }

  set(signature: string, entry: CachedResult): void {
    this.drop(signature);
    this.entries.set(signature, entry);
    this.bytes += bytesOf(entry);
    for (const oldest of this.entries.keys()) {
      if (this.bytes <= this.capacityBytes || oldest === signature) break;
      this.drop(oldest);
    }
  }

  /** Forgets every other result: a new graph leaves nothing behind of the one before. */
  keepOnly(signatures: Iterable<string>): void {
    const wanted = new Set(signatures);
    for (const signature of [...this.entries.keys()]) {
      if (!wanted.has(signature)) this.drop(signature);
    }
  }

  clear(): void {
    this.entries.clear();
    this.bytes = 0;
  }

  private drop(signature: string): void {
    const entry = this.entries.get(signature);
    if (!entry) return;
    this.entries.delete(signature);
    this.bytes -= bytesOf(entry);
  }
}

function bytesOf(entry: CachedResult): number {
  return entry.outputs.reduce<number>((sum, value) => sum + sizeOf(value), 512);
}

/** For every node a hash of its class, its literals and its ancestry; ids do not matter. */
export async function signGraph(graph: Graph, folders: Folders): Promise<Map<string, string>> {
  const signatures = new Map<string, string>();
  const sign = async (id: string): Promise<string> => {
    const known = signatures.get(id);
    if (known !== undefined) return known;
    const node = findNode(graph, id);
    if (!node) return 'absent';
    // Of a node that no output needs, nobody asked before whether it has any.
    if (!isObject(node.inputs)) throw new WorkerDeath('KeyError', "'inputs'");
    // Nodes that no output needs may form a circle.
    signatures.set(id, 'circle');
    const parts: unknown[] = [node.class_type];
    for (const [name, value] of Object.entries(node.inputs).sort(([a], [b]) => (a < b ? -1 : 1))) {
      parts.push(name, isLink(value) ? [await sign(value[0]), value[1]] : [value]);
    }
    parts.push(await nodeKinds[node.class_type]?.fingerprint?.(node.inputs, folders));
    const signature = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
    signatures.set(id, signature);
    return signature;
  };
  for (const id of Object.keys(graph)) await sign(id);
  return signatures;
}
