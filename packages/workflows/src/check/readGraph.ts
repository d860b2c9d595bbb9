import { describe, shorten, type GraphIssue } from './graphIssue';
import { isObject } from './plainObject';

/** A node of a graph whose outward form is right; its inputs are not judged yet. */
export interface GraphNode {
  id: string;
  className: string;
  inputs: Record<string, unknown>;
}

type Nodes = Map<string, GraphNode>;

/** Reads an API-format graph, or says why it is none. */
export function readGraph(
  graph: unknown,
  maxNodes: number,
): { nodes: Nodes; issues: [] } | { nodes: null; issues: GraphIssue[] } {
  const refuse = (code: GraphIssue['code'], message: string) => ({
    nodes: null,
    issues: [{ ...NOWHERE, code, message }],
  });
  if (!isObject(graph)) {
    return refuse('not_a_graph', 'A graph is an object: node id → class_type and inputs.');
  }
  if (Array.isArray(graph['nodes']) && Array.isArray(graph['links'])) {
    return refuse(
      'ui_format',
      'This is the format in which ComfyUI saves a workflow. Use “Export (API)” in ComfyUI and send what it gives.',
    );
  }
  const entries = Object.entries(graph);
  if (entries.length > maxNodes) {
    return refuse(
      'too_many_nodes',
      `The graph has ${entries.length} nodes; at most ${maxNodes} are accepted.`,
    );
  }
  return readNodes(entries);
}

function readNodes(entries: [string, unknown][]) {
  const nodes: Nodes = new Map();
  const issues: GraphIssue[] = [];
  for (const [id, value] of entries) {
    const className = isObject(value) ? value['class_type'] : undefined;
    const inputs = isObject(value) ? value['inputs'] : undefined;
    if (typeof className === 'string' && isObject(inputs)) {
      nodes.set(id, { id, className, inputs });
    } else {
      issues.push(malformed(id, value, className));
    }
  }
  return issues.length > 0 ? { nodes: null, issues } : { nodes, issues: [] as [] };
}

const NOWHERE = { nodeId: null, nodeType: null, field: null, given: null, nearest: [] };

function malformed(id: string, value: unknown, className: unknown): GraphIssue {
  const lacks = typeof className === 'string' ? 'no inputs object' : 'no class_type';
  return {
    code: 'malformed_node',
    nodeId: shorten(id),
    nodeType: typeof className === 'string' ? shorten(className) : null,
    field: null,
    given: describe(value),
    nearest: [],
    message: `Node ${shorten(id)} has ${lacks}: a node is {"class_type": "…", "inputs": {…}}.`,
  };
}
