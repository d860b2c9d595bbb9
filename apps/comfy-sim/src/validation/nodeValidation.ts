import type { NodeCatalog } from '../catalog/nodeCatalog';
import { inputInfos, type InputInfo } from '../catalog/nodeDefinition';
import { nodeOf, type Graph, type GraphNode } from '../graph';
import { isObject, type Json } from '../json';
import { PythonError, repr } from '../python';
import { aboutInput, innerValidationException, missingInput, type Reason } from './reason';
import { convertValue, findBrokenLimit } from './validateValue';

export interface Verdict {
  isValid: boolean;
  reasons: Reason[];
}

/** A node class's own check of its inputs; `undefined` means fine. It replaces the list checks. */
export type CustomCheck = (
  inputs: Record<string, Json>,
) => { input: string; text: string } | undefined;

/** Validates nodes and what they hang on, each once; literals are converted in place. */
export class NodeValidation {
  readonly verdicts = new Map<string, Verdict>();
  private readonly path: string[] = [];

  constructor(
    private readonly graph: Graph,
    private readonly catalog: NodeCatalog,
    private readonly customChecks: Readonly<Record<string, { input: string; check: CustomCheck }>>,
  ) {}

  /** Throws PythonError where the server's own code would raise. */
  validate(id: string): Verdict {
    const known = this.verdicts.get(id);
    if (known) return known;
    if (this.path.includes(id)) return this.markCycle(id);

    const node = nodeOf(this.graph, id);
    if (!isObject(node.inputs)) throw new PythonError('KeyError', "'inputs'");
    const definition = this.catalog[node.class_type];
    if (!definition) throw new PythonError('KeyError', repr(node.class_type));

    const reasons: Reason[] = [];
    let areAncestorsValid = true;
    for (const input of inputInfos(definition)) {
      const result = this.validateInput(id, node, input);
      if (result === false) areAncestorsValid = false;
      else if (result !== true) reasons.push(result);
    }
    reasons.push(...this.runCustomCheck(node));
    return this.conclude(id, areAncestorsValid, reasons);
  }

  /** True: fine; false: something behind the link is not; a Reason: this input is not. */
  private validateInput(id: string, node: GraphNode, input: InputInfo): boolean | Reason {
    const given = node.inputs[input.name];
    if (given === undefined) return input.isRequired ? missingInput(input.name) : true;
    if (Array.isArray(given)) return this.validateLink(id, input, given);

    const converted = convertValue(input, given);
    if (isReason(converted)) return converted;
    node.inputs[input.name] = converted;
    if (this.customChecks[node.class_type]?.input === input.name) return true;
    return findBrokenLimit(input, converted) ?? true;
  }

  private validateLink(id: string, input: InputInfo, link: Json[]): boolean | Reason {
    if (link.length !== 2) {
      const message = 'Bad linked input, must be a length-2 list of [node_id, slot_index]';
      return aboutInput('bad_linked_input', message, input, { value: link });
    }
    const received = this.outputType(link);
    if (!typesMatch(received, input.type)) {
      const wanted = typeof input.type === 'string' ? input.type : repr(input.type);
      const details = `${input.name}, received_type(${received}) mismatch input_type(${wanted})`;
      const extra = { details, received_type: received, linked_node: link };
      const message = 'Return type mismatch between linked nodes';
      return aboutInput('return_type_mismatch', message, input, extra);
    }
    return this.validateAncestor(id, input, link);
  }

  private validateAncestor(id: string, input: InputInfo, link: Json[]): boolean {
    const ancestor = link[0] as string;
    this.path.push(id);
    try {
      return this.validate(ancestor).isValid;
    } catch (error) {
      if (!(error instanceof PythonError)) throw error;
      const reasons = [innerValidationException(error, input, link)];
      this.verdicts.set(ancestor, { isValid: false, reasons });
      return false;
    } finally {
      this.path.pop();
    }
  }

  private outputType([source, slot]: Json[]): string {
    const node = typeof source === 'string' ? this.graph[source] : undefined;
    if (!node) throw new PythonError('KeyError', repr(source ?? null));
    const output = this.catalog[node.class_type]?.output ?? [];
    if (typeof slot !== 'number' || !Number.isInteger(slot)) {
      throw new PythonError('TypeError', 'tuple indices must be integers or slices, not str');
    }
    const type = output.at(slot);
    if (type === undefined) throw new PythonError('IndexError', 'tuple index out of range');
    return type;
  }

  private runCustomCheck(node: GraphNode): Reason[] {
    const custom = this.customChecks[node.class_type];
    const value = custom && node.inputs[custom.input];
    if (value === undefined || Array.isArray(value)) return [];
    const problem = custom?.check(node.inputs);
    if (!problem) return [];
    const reason = {
      type: 'custom_validation_failed',
      message: 'Custom validation failed for node',
      details: `${problem.input} - ${problem.text}`,
      extra_info: { input_name: problem.input },
    };
    return [reason];
  }

  private markCycle(id: string): Verdict {
    const cycle = this.path.slice(this.path.indexOf(id));
    const name = (node: string) => `${node} (${nodeOf(this.graph, node).class_type})`;
    const details = [...cycle, id].map(name).join(' -> ');
    for (const node of cycle) {
      const reason = {
        type: 'dependency_cycle',
        message: 'Dependency cycle detected',
        details,
        extra_info: { node_id: node, cycle_nodes: cycle },
      };
      this.verdicts.set(node, { isValid: false, reasons: [reason] });
    }
    return this.verdicts.get(id) ?? { isValid: false, reasons: [] };
  }

  // A cycle found further down may already have put a verdict on this node: keep its reasons.
  private conclude(id: string, areAncestorsValid: boolean, reasons: Reason[]): Verdict {
    const former = this.verdicts.get(id);
    const verdict = {
      isValid: (former?.isValid ?? true) && areAncestorsValid && reasons.length === 0,
      reasons: [...(former?.reasons ?? []), ...reasons],
    };
    this.verdicts.set(id, verdict);
    return verdict;
  }
}

function isReason(value: Json | Reason): value is Reason {
  return isObject(value) && 'extra_info' in value && 'details' in value;
}

function typesMatch(received: string, wanted: string | string[]): boolean {
  if (received === wanted) return true;
  if (typeof wanted !== 'string') return false;
  const split = (types: string) => types.split(',').map((type) => type.trim());
  const wantedTypes = split(wanted);
  return (
    split(received).some((type) => type === '*' || wantedTypes.includes(type)) ||
    wantedTypes.includes('*')
  );
}
