import type { NodeCatalog } from '../catalog/nodeCatalog';
import type { Folders } from '../files/folders';
import { nodeOf, type Graph } from '../graph';
import { isObject } from '../json';
import { PythonError, toStr } from '../python';
import { NodeValidation, type Verdict } from './nodeValidation';
import { validationException, type Reason } from './reason';

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

export interface ValidationSources {
  readonly catalog: NodeCatalog;
  readonly folders: Folders;
}

/** Checks a graph against the node classes; converts its literals in place. */
export function validateGraph(
  graph: Graph,
  sources: ValidationSources,
  targets?: readonly string[],
): GraphVerdict {
  const missing = findMissingClass(graph, sources.catalog);
  if (missing) return { error: missing, nodeErrors: {}, outputs: [] };

  const isOutput = (id: string) => sources.catalog[nodeOf(graph, id).class_type]?.output_node;
  const outputs = Object.keys(graph).filter(
    (id) => isOutput(id) && (targets?.includes(id) ?? true),
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
  const validation = new NodeValidation(graph, sources.catalog, {
    LoadImage: {
      input: 'image',
      check: (inputs) => checkImage(toStr(inputs['image'] ?? null), sources.folders),
    },
  });
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
  if (good.length > 0) return { nodeErrors, outputs: good.reverse() };
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

function findMissingClass(graph: Graph, catalog: NodeCatalog): Reason | undefined {
  for (const [id, node] of Object.entries(graph)) {
    if (!isObject(node)) throw new TypeError(`node ${id} is no object`);
    const isNamed = 'class_type' in node;
    if (isNamed && typeof node.class_type === 'string' && Object.hasOwn(catalog, node.class_type))
      continue;
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

function checkImage(name: string, folders: Folders): { input: string; text: string } | undefined {
  if (folders.inputExists(name)) return undefined;
  return { input: 'image', text: `Invalid image file: ${name}` };
}

function topLevel(type: string, message: string, details = ''): Reason {
  return { type, message, details, extra_info: {} };
}
