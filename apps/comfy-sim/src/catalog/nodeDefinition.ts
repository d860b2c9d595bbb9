import type { Json, JsonObject } from '../json';

/** An input's type and options as `GET /object_info` shows them; options may be absent. */
type InputSpec = [type: string | string[], options?: JsonObject];

/** One node class as `GET /object_info` shows it. */
export interface NodeDefinition {
  input: {
    required?: Record<string, InputSpec>;
    optional?: Record<string, InputSpec>;
    hidden?: Record<string, string>;
  };
  output: string[];
  output_node: boolean;
  [field: string]: unknown;
}

/** Node classes by their names. */
export type NodeCatalog = Readonly<Record<string, NodeDefinition>>;

export interface InputInfo {
  readonly name: string;
  readonly isRequired: boolean;
  readonly type: string | string[];
  readonly options: Record<string, Json>;
  /** `[type, options]`, as error bodies quote it. */
  readonly config: InputSpec;
}

/** The inputs a node class declares, in their declared order. */
export function inputInfos(definition: NodeDefinition): InputInfo[] {
  const infos = (specs: Record<string, InputSpec> = {}, isRequired: boolean): InputInfo[] =>
    Object.entries(specs).map(([name, [type, options = {}]]) => {
      return { name, isRequired, type, options, config: [type, options] };
    });
  return [...infos(definition.input.required, true), ...infos(definition.input.optional, false)];
}
