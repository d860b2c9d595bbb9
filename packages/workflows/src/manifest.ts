import { z } from 'zod';

const target = { node: z.string(), field: z.string() };

const place = {
  ...target,
  /** Further places that get the same value. */
  also: z.array(z.strictObject(target)).optional(),
  description: z.string(),
};

/** Inputs that a manifest states just as they are. */
const plainInputs = [
  z.strictObject({ ...place, type: z.literal('text'), default: z.string().optional() }),
  z.strictObject({ ...place, type: z.literal('image') }),
  z.strictObject({
    ...place,
    type: z.literal('integer'),
    min: z.int(),
    max: z.int(),
    default: z.int().optional(),
  }),
  z.strictObject({
    ...place,
    type: z.literal('number'),
    min: z.number(),
    max: z.number(),
    default: z.number().optional(),
  }),
] as const;

const ModelInput = z.strictObject({
  ...place,
  type: z.literal('model'),
  /** Under ComfyUI's `models`. */
  folder: z.string(),
  /** Which of the named files of `models.yaml` is the default. */
  model: z.string().optional(),
});

const ChoiceInput = z.strictObject({
  ...place,
  type: z.literal('choice'),
  /** The choices, or the name of a list in `choices.yaml`. */
  options: z.union([z.string(), z.array(z.string()).min(1)]),
  default: z.string().optional(),
});

const ManifestInput = z.discriminatedUnion('type', [...plainInputs, ModelInput, ChoiceInput]);

/** What stands beside a graph: its name, the family of models that it is for, and its typed inputs. */
export const Manifest = z.strictObject({
  title: z.string(),
  description: z.string(),
  family: z.enum(['sd15', 'sdxl', 'flux']),
  inputs: z.record(z.string(), ManifestInput),
});

/** Lists of choices that several manifests share, by name. */
export const Choices = z.record(z.string(), z.array(z.string()).min(1));

type PlainInput = z.infer<(typeof plainInputs)[number]>;
type ResolvedModel = Omit<z.infer<typeof ModelInput>, 'model'> & { default?: string | undefined };
type ResolvedChoice = Omit<z.infer<typeof ChoiceInput>, 'options'> & { options: string[] };

/** A typed input of a workflow: which node and field it is bound to, and what it may be. */
export type WorkflowInput = PlainInput | ResolvedModel | ResolvedChoice;

/** What the names in a manifest stand for. */
export interface Named {
  choices: z.infer<typeof Choices>;
  models: Readonly<Record<string, string>>;
}

/**
 * Puts what they stand for in the place of names. A model that `models.yaml` does not name has no default, so that a
 * request must name one. Throws when there is no list of choices of that name.
 */
export function resolveInput(
  input: z.infer<typeof ManifestInput>,
  { choices, models }: Named,
): WorkflowInput {
  if (input.type === 'model') {
    const { model, ...rest } = input;
    const file = model === undefined ? undefined : models[model];
    return file === undefined ? rest : { ...rest, default: file };
  }
  if (input.type === 'choice') {
    const { options } = input;
    if (typeof options !== 'string') return { ...input, options };
    return { ...input, options: listNamed(choices, options) };
  }
  return input;
}

function listNamed(choices: Named['choices'], name: string): string[] {
  const list = choices[name];
  if (!list) throw new Error(`choices.yaml lacks the list ${name}`);
  return list;
}

/** Every place that an input is bound to. */
export function targetsOf(input: WorkflowInput): { node: string; field: string }[] {
  return [{ node: input.node, field: input.field }, ...(input.also ?? [])];
}

/** The schema that values for `input` must meet. An image is given as the name it is uploaded under. */
export function schemaOf(input: WorkflowInput): z.ZodType {
  switch (input.type) {
    case 'text':
      return orDefault(z.string(), input.default);
    case 'model':
      return orDefault(z.string().min(1), input.default);
    case 'image':
      return z.string().min(1);
    case 'integer':
      return orDefault(z.int().min(input.min).max(input.max), input.default);
    case 'number':
      return orDefault(z.number().min(input.min).max(input.max), input.default);
    case 'choice':
      return orDefault(z.enum(input.options), input.default);
    default:
      throw new Error(`unknown input type ${String(input satisfies never)}`);
  }
}

function orDefault(schema: z.ZodType, value: unknown): z.ZodType {
  return value === undefined ? schema : schema.default(value);
}
