import { inputInfos, type InputInfo, type NodeDefinition } from '../catalog/nodeDefinition';
import { isObject, type Json, type JsonObject } from '../json';

type Given = Readonly<Record<string, Json>>;

/**
 * The inputs a node has as it stands in a graph. A dynamic combo brings those of the option that is
 * chosen, an autogrow a row of them; they are named `<input>.<name>`.
 */
export function effectiveInputs(definition: NodeDefinition, given: Given): InputInfo[] {
  return inputInfos(definition).flatMap((input) => expand(input, given));
}

function expand(input: InputInfo, given: Given): InputInfo[] {
  if (input.type === 'COMFY_DYNAMICCOMBO_V3') return expandCombo(input, given);
  if (input.type === 'COMFY_AUTOGROW_V3') return expandAutogrow(input, given);
  return [input];
}

// A choice that does not exist is no error here; the node itself will stumble over it.
function expandCombo(input: InputInfo, given: Given): InputInfo[] {
  const options = Array.isArray(input.options['options']) ? input.options['options'] : [];
  const chosen = options.filter(isObject).find(({ key }) => key === given[input.name]);
  if (!chosen) return [];
  return [...nested(input, chosen['inputs']).flatMap((inner) => expand(inner, given)), input];
}

/** The first few of the row are required. */
function expandAutogrow(input: InputInfo, given: Given): InputInfo[] {
  const template = isObject(input.options['template']) ? input.options['template'] : {};
  const [model] = nested(input, template['input']);
  if (!model) return [];
  const least = Number(template['min'] ?? 0);
  return namesOf(template).flatMap((name, index) => {
    const isRequired = input.isRequired && model.isRequired && index < least;
    return expand({ ...model, name: `${input.name}.${name}`, isRequired }, given);
  });
}

function namesOf(template: JsonObject): string[] {
  const { names, prefix, max } = template;
  if (Array.isArray(names)) return names.map(String);
  const start = typeof prefix === 'string' ? prefix : '';
  return Array.from({ length: Number(max ?? 0) }, (_, index) => `${start}${index}`);
}

function nested(outer: InputInfo, inputs: Json | undefined): InputInfo[] {
  const input = inputs as unknown as NodeDefinition['input'];
  return inputInfos({ input, output: [], output_node: false }).map((inner) => {
    return { ...inner, name: `${outer.name}.${inner.name}` };
  });
}
