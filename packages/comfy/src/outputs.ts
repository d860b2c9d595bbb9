import { z } from 'zod';

export type OutputKind = 'image' | 'video' | 'audio' | 'other';

/** A file that a run left in one of ComfyUI's folders. */
export interface OutputRef {
  nodeId: string;
  kind: OutputKind;
  filename: string;
  /** Below the folder of its type; empty for the folder itself. */
  subfolder: string;
  /** `temp` files vanish when ComfyUI restarts. */
  type: 'output' | 'temp';
}

/** Databases refuse some control characters and half characters; no file of a run needs any. */
const NO_CONTROLS = /^[^\p{Cc}\p{Cs}]*$/u;

const FileItem = z.object({
  filename: z.string().min(1).regex(NO_CONTROLS),
  subfolder: z.string().regex(NO_CONTROLS).default(''),
  type: z.enum(['output', 'temp']),
});

/** Outputs of nodes by node id, as history and `executed` hold them: nodes may add anything. */
export const NodeOutputs = z.record(z.string(), z.unknown());
export type NodeOutputs = z.infer<typeof NodeOutputs>;

/**
 * The files among `outputs` that a run delivers: those of type `output`, or the `temp` ones when
 * there is no other. Ordered by node id, ids of subgraphs last; within a node as the node gave them.
 */
export function deliverables(outputs: NodeOutputs): OutputRef[] {
  const files = Object.entries(outputs).flatMap(([nodeId, output]) => filesOf(nodeId, output));
  const lasting = files.filter((file) => file.type === 'output');
  return lasting.length > 0 ? lasting : files;
}

/** The files of one node, whatever keys it puts them under. */
export function filesOf(nodeId: string, output: unknown): OutputRef[] {
  return Object.values(output ?? {})
    .flat()
    .flatMap((item) => {
      const file = FileItem.safeParse(item);
      return file.success ? [{ nodeId, kind: kindOf(file.data.filename), ...file.data }] : [];
    });
}

const KINDS: [OutputKind, RegExp][] = [
  ['image', /\.(?:png|jpe?g|webp|gif|avif|bmp|tiff?|exr)$/i],
  ['video', /\.(?:mp4|webm|mov|mkv|avi)$/i],
  ['audio', /\.(?:wav|mp3|flac|ogg|opus|m4a)$/i],
];

/** By the file's name: nodes put videos under `images` and pictures under `gifs`. */
function kindOf(filename: string): OutputKind {
  return KINDS.find(([, names]) => names.test(filename))?.[0] ?? 'other';
}
