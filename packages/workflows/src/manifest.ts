import { z } from 'zod';

const target = {
  node: z.string(),
  field: z.string(),
  description: z.string(),
};

const Input = z.discriminatedUnion('type', [
  z.strictObject({ ...target, type: z.literal('text'), default: z.string().optional() }),
  z.strictObject({ ...target, type: z.literal('model') }),
  z.strictObject({ ...target, type: z.literal('image') }),
  z.strictObject({
    ...target,
    type: z.literal('integer'),
    min: z.int(),
    max: z.int(),
    default: z.int().optional(),
  }),
  z.strictObject({
    ...target,
    type: z.literal('number'),
    min: z.number(),
    max: z.number(),
    default: z.number().optional(),
  }),
  z.strictObject({
    ...target,
    type: z.literal('choice'),
    options: z.array(z.string()).min(1),
    default: z.string().optional(),
  }),
]);

/** A typed input of a workflow: which node and field it is bound to, and what it may be. */
export type WorkflowInput = z.infer<typeof Input>;

/** What stands beside a graph: its name and its typed inputs. */
export const Manifest = z.strictObject({
  title: z.string(),
  description: z.string(),
  inputs: z.record(z.string(), Input),
});

/** The schema that values for `input` must meet. An image is given as the name it is uploaded under. */
export function schemaOf(input: WorkflowInput): z.ZodType {
  switch (input.type) {
    case 'text':
      return orDefault(z.string(), input.default);
    case 'model':
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
