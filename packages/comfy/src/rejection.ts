import { nearestNames } from '@avatarforge/core';
import { z } from 'zod';
import { choicesOf, type FindChoices } from './choices';
import { isModelFile, toFailure, type ComfyFailure } from './failures';

/** At least one failure; the first is the most telling one. */
export type ComfyFailures = [ComfyFailure, ...ComfyFailure[]];

const InputError = z.object({
  type: z.string().catch(''),
  message: z.string().catch(''),
  details: z.string().catch(''),
  extra_info: z
    .object({
      input_name: z.string().nullish().catch(null),
      received_value: z.unknown().optional(),
      input_config: z.unknown().optional(),
    })
    .catch({}),
});
type InputError = z.infer<typeof InputError>;

/** The refused nodes of a graph, by node id. */
export const NodeErrors = z.record(
  z.string(),
  z.object({ class_type: z.string().catch(''), errors: z.array(InputError) }),
);
export type NodeErrors = z.infer<typeof NodeErrors>;

/** The body of a 400. */
export const Rejection = z.object({
  error: z.object({
    type: z.string(),
    message: z.string(),
    details: z.string().catch(''),
    extra_info: z
      .object({ node_id: z.string().nullish(), class_type: z.string().nullish() })
      .catch({}),
  }),
  node_errors: NodeErrors.catch({}),
});
export type Rejection = z.infer<typeof Rejection>;

/** What a 400 says, node by node; a missing model comes first. */
export async function fromRejection(
  { error, node_errors }: Rejection,
  findChoices: FindChoices,
): Promise<ComfyFailures> {
  const failures = await fromNodeErrors(node_errors, findChoices);
  return failures ?? [fromGraphError(error)];
}

/** The failures of the nodes; null when no node failed. */
export async function fromNodeErrors(
  nodeErrors: NodeErrors,
  findChoices: FindChoices,
): Promise<ComfyFailures | null> {
  const failures: ComfyFailure[] = [];
  for (const [nodeId, { class_type: nodeType, errors }] of Object.entries(nodeErrors)) {
    for (const error of errors) {
      failures.push(await fromInputError({ nodeId, nodeType }, error, findChoices));
    }
  }
  const isModel = ({ kind }: ComfyFailure) => kind === 'missing_model';
  const [first, ...others] = failures.toSorted((a, b) => +isModel(b) - +isModel(a));
  return first ? [first, ...others] : null;
}

/** Before 0.12 a missing node is named in words only. */
const NOT_INSTALLED = /^Cannot execute because node (.+) does not exist\.$/;
const NODE_ID = /^Node ID '#(.+)'$/;

function fromGraphError({ type, message, details, extra_info }: Rejection['error']): ComfyFailure {
  const nodeType = extra_info.class_type ?? NOT_INSTALLED.exec(message)?.[1] ?? null;
  const nodeId = extra_info.node_id ?? NODE_ID.exec(details)?.[1] ?? null;
  const isNodeMissing = type === 'missing_node_type' || type === 'invalid_prompt';
  if (isNodeMissing && nodeType !== null) {
    return toFailure({ kind: 'missing_node', nodeId, nodeType, message });
  }
  if (type === 'prompt_outputs_failed_validation' && details === '') return NOTHING_NAMED;
  const isMore = details !== '' && details !== message && nodeId === null;
  return toFailure({
    kind: 'invalid',
    nodeId,
    message: isMore ? `${message} (${details})` : message,
  });
}

/** Before 0.20 that is all there is to read about a cycle. */
const NOTHING_NAMED = toFailure({
  kind: 'invalid',
  message: 'ComfyUI refused the graph without naming a node: its links may form a cycle.',
});

async function fromInputError(
  node: { nodeId: string; nodeType: string },
  { type, message, details, extra_info: info }: InputError,
  findChoices: FindChoices,
): Promise<ComfyFailure> {
  const field = info.input_name ?? null;
  const value = info.received_value;
  if (type !== 'value_not_in_list' || field === null || typeof value !== 'string') {
    const whole = details === '' ? message : `${message}: ${details}`;
    return toFailure({ kind: 'validation', ...node, field, message: whole });
  }
  const choices = choicesOf(info.input_config) ?? (await findChoices(node.nodeType, field));
  return toFailure({
    kind: isModelFile(value) ? 'missing_model' : 'validation',
    ...node,
    field,
    message: `${value} is not among the values of ${field}.`,
    nearest: nearestNames(value, choices),
  });
}
