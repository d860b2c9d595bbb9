import { isObject, own } from './plainObject';

/** What a node class says of one input. */
export interface InputDefinition {
  /** A type such as `INT` or `IMAGE,MASK`, or a list of choices. */
  type: unknown;
  options: Readonly<Record<string, unknown>>;
  isRequired: boolean;
}

/** Types in whose place other inputs stand, depending on what the node is given. */
const CHOICE = 'COMFY_DYNAMICCOMBO_V3';
const GROWING = 'COMFY_AUTOGROW_V3';
const SLOT = 'COMFY_DYNAMICSLOT_V3';

/** As many names as ComfyUI allows one growing input. */
const MAX_NAMES = 100;

/**
 * The inputs of a node that is given `values`. `declared` is the `input` of its definition: an object of `required` and
 * `optional`. What is malformed in it is passed over.
 */
export function readInputs(
  declared: unknown,
  values: Record<string, unknown>,
): Map<string, InputDefinition> {
  const inputs = new Map<string, InputDefinition>();
  addInputs({ inputs, values, prefix: '' }, declared);
  return inputs;
}

/** The keys that a dynamic choice offers, or null when the input is not one. */
export function dynamicKeys({ type, options }: InputDefinition): unknown[] | null {
  return type === CHOICE ? variantsOf(options).map((variant) => variant['key']) : null;
}

interface Scope {
  inputs: Map<string, InputDefinition>;
  values: Record<string, unknown>;
  /** Before the names of inputs inside a dynamic one: its own name and a dot. */
  prefix: string;
}

function addInputs(scope: Scope, groups: unknown): void {
  for (const group of ['required', 'optional']) {
    for (const [name, spec] of Object.entries(childOf(groups, group))) {
      const input = toInput(spec, group === 'required');
      if (input) addInput(scope, scope.prefix + name, input);
    }
  }
}

function addInput(scope: Scope, name: string, input: InputDefinition): void {
  switch (input.type) {
    case CHOICE:
      declare(scope, name, input);
      addInputs(within(scope, name), chosenInputs(scope, name, input));
      break;
    case GROWING:
      addGrowing(scope, name, input);
      break;
    case SLOT:
      if (!Object.hasOwn(scope.values, name)) break;
      declare(scope, name, input);
      addInputs(within(scope, name), input.options['inputs']);
      break;
    default:
      declare(scope, name, input);
  }
}

/** The first declaration of a name stands: required before optional. */
function declare({ inputs }: Scope, name: string, input: InputDefinition): void {
  if (!inputs.has(name)) inputs.set(name, input);
}

function within(scope: Scope, name: string): Scope {
  return { ...scope, prefix: `${name}.` };
}

function chosenInputs({ values }: Scope, name: string, { options }: InputDefinition): unknown {
  const key = own(values, name);
  return variantsOf(options).find((variant) => variant['key'] === key)?.['inputs'];
}

function variantsOf({ options }: InputDefinition['options']): Record<string, unknown>[] {
  return Array.isArray(options) ? options.filter(isObject) : [];
}

/** A growing input is a row of inputs of one kind, of which the first few are required. */
function addGrowing(scope: Scope, name: string, { options }: InputDefinition): void {
  const template = childOf(options, 'template');
  const each = firstInput(template['input']);
  if (!each) return;
  const min = Number(template['min'] ?? 0);
  for (const [index, item] of namesOf(template).entries()) {
    const isRequired = each.isRequired && index < min;
    declare(scope, `${name}.${item}`, { ...each, isRequired });
  }
}

function namesOf({ names, prefix, max }: Record<string, unknown>): string[] {
  if (Array.isArray(names)) return names.slice(0, MAX_NAMES).map(String);
  const length = typeof max === 'number' ? Math.min(max, MAX_NAMES) : 0;
  const start = typeof prefix === 'string' ? prefix : '';
  return Array.from({ length }, (_, index) => `${start}${index}`);
}

function firstInput(groups: unknown): InputDefinition | null {
  for (const group of ['required', 'optional']) {
    const [spec] = Object.values(childOf(groups, group));
    if (spec !== undefined) return toInput(spec, group === 'required');
  }
  return null;
}

/** Reads `[type]` or `[type, options]`. */
function toInput(spec: unknown, isRequired: boolean): InputDefinition | null {
  if (!Array.isArray(spec) || spec.length === 0) return null;
  const [type, options] = spec as unknown[];
  return { type, options: isObject(options) ? options : {}, isRequired };
}

function childOf(parent: unknown, name: string): Record<string, unknown> {
  const child = isObject(parent) ? own(parent, name) : null;
  return isObject(child) ? child : {};
}
