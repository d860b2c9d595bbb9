import { z } from 'zod';
import { safeText } from './safeText';

/**
 * What kind of no ComfyUI said:
 * `out_of_memory` the run needed more memory than there was · `missing_model` a model file is not
 * installed · `missing_node` a node class is not installed · `validation` a node refuses an input ·
 * `invalid` the graph as a whole is refused · `node_error` a node failed while running ·
 * `device_error` the GPU failed under it, and fails all that comes after until ComfyUI is restarted ·
 * `disk_full` a file could not be written for want of space.
 */
export type ComfyFailureKind =
  | 'out_of_memory'
  | 'missing_model'
  | 'missing_node'
  | 'validation'
  | 'invalid'
  | 'node_error'
  | 'device_error'
  | 'disk_full';

/** Why a graph was refused or failed. Every text in it may be shown to users. */
export interface ComfyFailure {
  kind: ComfyFailureKind;
  nodeId: string | null;
  /** The node's class. */
  nodeType: string | null;
  /** The refused input of the node. */
  field: string | null;
  message: string;
  /** Up to three valid values like the refused one, the likest first. */
  nearest: string[];
}

/** Makes a failure of what is known about it; its message is made safe. */
export function toFailure(
  known: Pick<ComfyFailure, 'kind' | 'message'> & Partial<ComfyFailure>,
): ComfyFailure {
  return {
    nodeId: null,
    nodeType: null,
    field: null,
    nearest: [],
    ...known,
    message: safeText(known.message),
  };
}

/** The part of an `execution_error` that is read; in history and on the socket alike. */
export const ExecutionError = z.object({
  node_id: z.string().nullable().catch(null),
  node_type: z.string().nullable().catch(null),
  exception_type: z.string().catch(''),
  exception_message: z.string().catch(''),
});
export type ExecutionError = z.infer<typeof ExecutionError>;

/** Classifies a run-time error by its exception. */
export function fromExecutionError(error: ExecutionError): ComfyFailure {
  const message = error.exception_message;
  const kind = classify(error.exception_type, message);
  return toFailure({
    kind,
    nodeId: error.node_id,
    nodeType: error.node_type,
    message:
      kind === 'out_of_memory'
        ? 'ComfyUI ran out of memory.'
        : message.trim() || 'The node failed without saying why.',
  });
}

const MODEL_FILE = /\.(?:safetensors|sft|ckpt|pth?|bin|gguf|onnx|pkl)\b/i;
const OUT_OF_MEMORY =
  /out of memory|not enough memory|can't allocate memory|allocation on device|CUBLAS_STATUS_ALLOC_FAILED/i;
const DEVICE_ERROR =
  /(?:CUDA|HIP|cuDNN|cuBLAS) error: (?:an illegal memory|illegal (?:address|instruction)|unspecified launch|misaligned|device-side assert|uncorrectable ECC|unknown error)/i;
/** ENOSPC and EDQUOT, as Python and the system's own messages say it. */
const DISK_FULL = /\[Errno (?:28|122)\]|No space left on device|Disk quota exceeded/i;

/** Whether `name` names a model file, by its extension. */
export function isModelFile(name: string): boolean {
  return MODEL_FILE.test(name);
}

function classify(type: string, message: string): ComfyFailureKind {
  if (/MemoryError$/.test(type) || OUT_OF_MEMORY.test(message)) {
    return 'out_of_memory';
  }
  if (DEVICE_ERROR.test(message)) return 'device_error';
  if (DISK_FULL.test(message)) return 'disk_full';
  const isAbsentModel = type === 'FileNotFoundError' && isModelFile(message);
  return isAbsentModel || message.startsWith('Model in folder') ? 'missing_model' : 'node_error';
}
