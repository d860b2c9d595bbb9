import type { Json } from './json';

/** One node of an API-format graph. */
export interface GraphNode {
  class_type: string;
  inputs: Record<string, Json>;
  _meta?: { title?: string };
}

/** An API-format graph, keyed by node id. */
export type Graph = Record<string, GraphNode>;

/** A reference to an output slot of another node; Python takes `false` and `true` for 0 and 1. */
export type Link = [nodeId: string, slot: number | boolean];

export function isLink(value: unknown): value is Link {
  return (
    Array.isArray(value) &&
    value.length === 2 &&
    typeof value[0] === 'string' &&
    (typeof value[1] === 'number' || typeof value[1] === 'boolean')
  );
}

/** The node with this id. Throws when the graph has none. */
export function nodeOf(graph: Graph, id: string): GraphNode {
  const node = findNode(graph, id);
  if (!node) throw new Error(`no node ${id} in the graph`);
  return node;
}

/** The node with this id, never what every object has, such as `constructor`. */
export function findNode(graph: Graph, id: string): GraphNode | undefined {
  return Object.hasOwn(graph, id) ? graph[id] : undefined;
}
