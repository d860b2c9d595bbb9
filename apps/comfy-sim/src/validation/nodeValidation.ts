import type { InputInfo, NodeDefinition } from '../catalog/nodeDefinition';
import { nodeOf, type Graph, type GraphNode } from '../graph';
import { isObject, type Json } from '../json';
import { PythonError, repr, typeName } from '../python';
import { inSetOrder } from '../setOrder';
import { effectiveInputs } from './dynamicInputs';
import { checksItself, runOwnCheck } from './ownChecks';
import { aboutInput, innerValidationException, missingInput, type Reason } from './reason';
import type { ValidationSources } from './validationSources';
import { convertValue, findBrokenLimit } from './validateValue';

export interface Verdict {
  isValid: boolean;
  reasons: Reason[];
}

/** Validates nodes and what they hang on, each once; literals are converted in place. */
export class NodeValidation {
  readonly verdicts = new Map<string, Verdict>();
  private readonly path: string[] = [];

  constructor(
    private readonly graph: Graph,
    private readonly sources: ValidationSources,
  ) {}

  /** Throws PythonError where the server's own code would raise. */
  validate(id: string): Verdict {
    const known = this.verdicts.get(id);
    if (known) return known;
    if (this.path.includes(id)) return this.markCycle(id);

    const node = nodeOf(this.graph, id);
    if (!isObject(node.inputs)) throw new PythonError('KeyError', "'inputs'");
    const definition = this.sources.catalog[node.class_type];
    if (!definition) throw new PythonError('KeyError', repr(node.class_type));

    const reasons: Reason[] = [];
    let areAncestorsValid = true;
    for (const input of this.inputsOf(definition, node)) {
      const result = this.validateInput(id, node, input);
      if (result === false) areAncestorsValid = false;
      else if (result !== true) reasons.push(result);
    }
    reasons.push(...runOwnCheck(node, this.sources.folders));
    return this.conclude(id, areAncestorsValid, reasons);
  }

  private inputsOf(definition: NodeDefinition, node: GraphNode): InputInfo[] {
    const infos = effectiveInputs(definition, node.inputs);
    const names = infos.map(({ name }) => name);
    return inSetOrder(names, this.sources.setOrder).flatMap((name) =>
      infos.filter((info) => info.name === name),
    );
  }

  /** True: fine; false: something behind the link is not; a Reason: this input is not. */
  private validateInput(id: string, node: GraphNode, input: InputInfo): boolean | Reason {
    const given = node.inputs[input.name];
    if (given === undefined) return input.isRequired ? missingInput(input.name) : true;
    if (Array.isArray(given)) return this.validateLink(id, input, given);

    const converted = convertValue(input, given);
    if (isReason(converted)) return converted;
    node.inputs[input.name] = converted;
    if (checksItself(node.class_type, input.name)) return true;
    return findBrokenLimit(input, converted, this.sources.rules) ?? true;
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
    const output = this.sources.catalog[node.class_type]?.output ?? [];
    const index = typeof slot === 'boolean' ? Number(slot) : slot;
    if (typeof index !== 'number' || !Number.isInteger(index)) {
      const kind = typeName(index ?? null);
      throw new PythonError('TypeError', `tuple indices must be integers or slices, not ${kind}`);
    }
    const type = output.at(index);
    if (type === undefined) throw new PythonError('IndexError', 'tuple index out of range');
    return type;
  }

  private markCycle(id: string): Verdict {
    // Older versions run into Python's recursion limit here, and have nothing to say about it.
    if (!this.sources.rules.namesCycles) return { isValid: false, reasons: [] };
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

const anyType: readonly unknown[] = ['*', 'COMFY_MATCHTYPE_V3'];

function typesMatch(received: string, wanted: string | string[]): boolean {
  if (received === wanted || anyType.includes(received) || anyType.includes(wanted)) return true;
  if (typeof wanted !== 'string') return false;
  const split = (types: string) => types.split(',').map((type) => type.trim());
  const wantedTypes = split(wanted);
  return (
    split(received).some((type) => type === '*' || wantedTypes.includes(type)) ||
    wantedTypes.includes('*')
  );
}
