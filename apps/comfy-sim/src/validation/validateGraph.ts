import { nodeOf, type Graph, type GraphNode } from '../graph';
import { isObject } from '../json';
import { PythonError, toStr } from '../python';
import { inSetOrder } from '../setOrder';
import { NodeValidation, type Verdict } from './nodeValidation';
import { validationException, type Reason } from './reason';
import type { ValidationSources } from './validationSources';

export type { ValidationSources } from './validationSources';

interface NodeErrors {
  [nodeId: string]: { errors: Reason[]; dependent_outputs: string[]; class_type: string };
}

export interface GraphVerdict {
  /** Set when nothing of the graph can run. */
  readonly error?: Reason;
  readonly nodeErrors: NodeErrors;
  /** Output nodes to run, in the order they are given to the executor. */
  readonly outputs: string[];
}

/** Checks a graph against the node classes; converts its literals in place. */
export function validateGraph(
  graph: Graph,
  sources: ValidationSources,
  targets?: readonly string[],
): GraphVerdict {
  const missing = findMissingClass(graph, sources);
  if (missing) return { error: missing, nodeErrors: {}, outputs: [] };

  const isOutput = (id: string) => sources.catalog[nodeOf(graph, id).class_type]?.output_node;
  const outputs = inSetOrder(
    Object.keys(graph).filter((id) => isOutput(id) && (targets?.includes(id) ?? true)),
    sources.setOrder,
  );
  if (outputs.length === 0) {
    return {
      error: topLevel('prompt_no_outputs', 'Prompt has no outputs'),
      nodeErrors: {},
      outputs,
    };
  }
  return validateOutputs(graph, outputs, sources);
}

function validateOutputs(
  graph: Graph,
  outputs: string[],
  sources: ValidationSources,
): GraphVerdict {
  const validation = new NodeValidation(graph, sources);
  const nodeErrors: NodeErrors = {};
  const good: string[] = [];
  const lines: string[] = [];
  for (const output of outputs) {
    const verdict = validateOutput(validation, output);
    if (verdict.isValid) {
      good.push(output);
      continue;
    }
    lines.push(...verdict.reasons.map((reason) => `${reason.message}: ${reason.details}`));
    collectErrors(nodeErrors, { graph, output, verdicts: validation.verdicts });
  }
  if (good.length > 0) return { nodeErrors, outputs: good };
  const message = 'Prompt outputs failed validation';
  const error = topLevel('prompt_outputs_failed_validation', message, lines.join('\n'));
  return { error, nodeErrors, outputs: [] };
}

function validateOutput(validation: NodeValidation, output: string): Verdict {
  try {
    return validation.validate(output);
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    const verdict = { isValid: false, reasons: [validationException(error)] };
    validation.verdicts.set(output, verdict);
    return verdict;
  }
}

// Every bad node known so far is booked on this output, even one it does not depend on: so does ComfyUI.
function collectErrors(
  nodeErrors: NodeErrors,
  from: { graph: Graph; output: string; verdicts: ReadonlyMap<string, Verdict> },
): void {
  for (const [id, verdict] of from.verdicts) {
    if (verdict.isValid || verdict.reasons.length === 0) continue;
    const class_type = nodeOf(from.graph, id).class_type;
    nodeErrors[id] ??= { errors: verdict.reasons, dependent_outputs: [], class_type };
    nodeErrors[id].dependent_outputs.push(from.output);
  }
}

function findMissingClass(graph: Graph, { catalog, rules }: ValidationSources): Reason | undefined {
  for (const [id, node] of Object.entries(graph)) {
    const isFormer = rules.missingNode === 'invalid_prompt';
    refuseOddNode(id, node, isFormer);
    const isNamed = isObject(node) && 'class_type' in node;
    if (isNamed && typeof node.class_type === 'string' && Object.hasOwn(catalog, node.class_type))
      continue;
    if (isFormer) return formerMissingClass(id, node, isNamed);
    const title = node._meta?.title;
    const message = isNamed
      ? `Node '${title ?? toStr(node.class_type)}' not found. The custom node may not be installed.`
      : `Node '${title ?? `ID #${id}`}' has no class_type. The workflow may be corrupted or a custom node is missing.`;
    const class_type = isNamed ? node.class_type : null;
    const extra_info = { node_id: id, class_type, node_title: title ?? class_type };
    return { type: 'missing_node_type', message, details: `Node ID '#${id}'`, extra_info };
  }
  return undefined;
}

/** What Python throws at before it can say what is wrong: a 500. */
function refuseOddNode(id: string, node: unknown, isFormer: boolean): void {
  const isIterable = isObject(node) || Array.isArray(node) || typeof node === 'string';
  if (isFormer ? !isIterable : !isObject(node)) throw new TypeError(`node ${id} is no object`);
  if (!isObject(node)) return;
  const { class_type, inputs } = node;
  if (typeof class_type === 'object' && class_type !== null) {
    throw new TypeError(`node ${id}: unhashable class_type`);
  }
  // The look for replaced nodes reads the inputs.
  if (!isFormer && inputs !== undefined && !isObject(inputs)) {
    throw new TypeError(`node ${id}: inputs are no object`);
  }
}

function formerMissingClass(id: string, node: GraphNode, isNamed: boolean): Reason {
  const text = isNamed
    ? `node ${toStr(node.class_type)} does not exist.`
    : 'a node is missing the class_type property.';
  return topLevel('invalid_prompt', `Cannot execute because ${text}`, `Node ID '#${id}'`);
}

function topLevel(type: string, message: string, details = ''): Reason {
  return { type, message, details, extra_info: {} };
}
