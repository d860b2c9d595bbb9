import { readInputs, type InputDefinition } from './nodeInputs';
import { isObject, own } from './plainObject';

/** What `GET /object_info` of an instance answers: node class → its definition, as ComfyUI gives it. */
export type NodeCatalog = Readonly<Record<string, unknown>>;

/** A node class, as far as a graph can be checked against it. */
export interface NodeDefinition {
  isOutput: boolean;
  /** The type of each output slot; a list of choices is a type too. */
  outputs: readonly unknown[];
  /** The inputs of a node that is given `values`: some classes have other inputs for other values. */
  inputsFor: (values: Record<string, unknown>) => Map<string, InputDefinition>;
}

/** The definition of `className`, or null when the catalog has no such class. */
export function findDefinition(catalog: NodeCatalog, className: string): NodeDefinition | null {
  const definition = own(catalog, className);
  if (!isObject(definition)) return null;
  const { output, input, output_node: isOutput } = definition;
  return {
    isOutput: isOutput === true,
    outputs: Array.isArray(output) ? output : [],
    inputsFor: (values) => readInputs(input, values),
  };
}
