import type { Instance } from './instance';

/** A node of a graph that may be none. */
export interface LooseNode {
  class_type?: unknown;
  inputs: Record<string, unknown>;
}

/**
 * Whether a server would accept the graph and then lose its worker, so that nothing runs there until
 * it is restarted: a node has no inputs at all, or a link in an input that its class does not
 * declare. Such a graph is never sent.
 */
export function couldEndWorker(graph: unknown, { nodeClasses }: Instance): boolean {
  const isWhole = nodesOf(graph).length === objectsIn(graph).length;
  return !isWhole || nodesOf(graph).some((node) => hasStrayLink(node, nodeClasses));
}

function hasStrayLink({ class_type, inputs }: LooseNode, classes: Instance['nodeClasses']) {
  const declared = classes[String(class_type)]?.input ?? {};
  const names = Object.keys({ ...declared.required, ...declared.optional });
  return Object.entries(inputs).some(
    ([name, value]) => isLink(value) && !names.includes(name.split('.')[0] ?? ''),
  );
}

function isLink(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [id, slot] = value as unknown[];
  return typeof id === 'string' && typeof slot === 'number';
}

/** Its nodes that have inputs. */
export function nodesOf(graph: unknown): LooseNode[] {
  return objectsIn(graph).filter((value): value is LooseNode => {
    const { inputs } = value as { inputs?: unknown };
    return typeof inputs === 'object' && inputs !== null && !Array.isArray(inputs);
  });
}

function objectsIn(graph: unknown): object[] {
  const values: unknown[] = Object.values(graph ?? {});
  return values.filter((value) => typeof value === 'object' && value !== null);
}
