import type { NodeCatalog, NodeDefinition } from '../catalog/nodeDefinition';
import type { ClassDifferences, ObjectInfoDifferences } from './versionProfile';

type Inputs = NonNullable<NodeDefinition['input']['required']>;

/** The node classes as an older version describes them. */
export function adaptCatalog(catalog: NodeCatalog, different: ObjectInfoDifferences): NodeCatalog {
  const { absentFields, classes } = different;
  if (absentFields.length === 0 && Object.keys(classes).length === 0) return catalog;
  const adapted: Record<string, NodeDefinition> = {};
  for (const [name, definition] of Object.entries(catalog)) {
    const own = Object.hasOwn(classes, name) ? classes[name] : {};
    if (own) adapted[name] = adaptClass(without(absentFields, definition), own);
  }
  return adapted;
}

function adaptClass(definition: NodeDefinition, different: ClassDifferences): NodeDefinition {
  const { inputs = {}, ...fields } = different;
  const { required, optional, ...hidden } = definition.input;
  const input = {
    ...(required ? { required: adaptInputs(required, inputs) } : {}),
    ...(optional ? { optional: adaptInputs(optional, inputs) } : {}),
    ...hidden,
  };
  return { ...definition, ...fields, input };
}

// The data says type and options; the words a person reads stay as they are.
function adaptInputs(inputs: Inputs, different: NonNullable<ClassDifferences['inputs']>): Inputs {
  const adapted: Inputs = {};
  for (const [name, spec] of Object.entries(inputs)) {
    const other = Object.hasOwn(different, name) ? different[name] : spec;
    if (other) adapted[name] = other === spec ? spec : withTooltip(other as Inputs[string], spec);
  }
  return adapted;
}

function withTooltip([type, options]: Inputs[string], [, former]: Inputs[string]): Inputs[string] {
  const tooltip = former?.['tooltip'];
  if (tooltip === undefined) return options ? [type, options] : [type];
  return [type, { ...options, tooltip }];
}

function without(fields: readonly string[], definition: NodeDefinition): NodeDefinition {
  const kept = Object.entries(definition).filter(([field]) => !fields.includes(field));
  return Object.fromEntries(kept) as NodeDefinition;
}
