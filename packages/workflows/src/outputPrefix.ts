import type { Graph } from '@avatarforge/core';

/** The input that says where a node writes. */
export const PREFIX_FIELD = 'filename_prefix';

/**
 * A copy of `graph` in which every `filename_prefix` is `prefix/<node id>`: each attempt writes files of its own, so that
 * none is served from the cache of another, and no name comes from outside.
 */
export function withOutputPrefix(graph: Graph, prefix: string): Graph {
  const copy = structuredClone(graph);
  for (const [id, node] of Object.entries(copy)) {
    if (Object.hasOwn(node.inputs, PREFIX_FIELD)) {
      node.inputs[PREFIX_FIELD] = `${prefix}/${id.replaceAll(/[^\w-]/g, '-')}`;
    }
  }
  return copy;
}
