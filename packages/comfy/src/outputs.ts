import { z } from 'zod';

export type OutputKind = 'image' | 'video' | 'audio' | 'text' | 'model3d' | 'other';

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

/** A text that a node showed; it is in no file. */
export interface OutputText {
  nodeId: string;
  kind: 'text';
  text: string;
}

export type Output = OutputRef | OutputText;

/** Whether the output is to be downloaded. */
export function isFile(output: Output): output is OutputRef {
  return 'filename' in output;
}

/** Databases refuse some control characters and half characters; no file of a run needs any. */
const NO_CONTROLS = /^[^\p{Cc}\p{Cs}]*$/u;

const FileItem = z.object({
  filename: z.string().min(1).regex(NO_CONTROLS),
  subfolder: z.string().regex(NO_CONTROLS).nullish(),
  type: z.enum(['output', 'temp']),
});

/** Outputs of nodes by node id, as history and `executed` hold them: nodes may add anything. */
export const NodeOutputs = z.record(z.string(), z.unknown());
export type NodeOutputs = z.infer<typeof NodeOutputs>;

/**
 * What a run delivers of `outputs`: all shown texts, and the files of type `output`, or the `temp` ones
 * when there is no other. Ordered by node id, ids of subgraphs last; within a node as it gave them.
 */
export function deliverables(outputs: NodeOutputs): Output[] {
  const found = Object.entries(outputs).flatMap(([nodeId, output]): Output[] => [
    ...filesOf(nodeId, output),
    ...textsOf(nodeId, output),
  ]);
  const isLasting = (output: Output) => isFile(output) && output.type === 'output';
  const isTemp = (output: Output) => isFile(output) && output.type === 'temp';
  return found.some(isLasting) ? found.filter((output) => !isTemp(output)) : found;
}

/** The files of one node, whatever keys it puts them under. */
export function filesOf(nodeId: string, output: unknown): OutputRef[] {
  return itemsOf(Object.values(output ?? {})).flatMap((item) => {
    const file = FileItem.safeParse(item).data;
    if (!file) return [];
    const { filename, subfolder, type } = file;
    return [{ nodeId, kind: kindOf(filename), filename, subfolder: subfolder ?? '', type }];
  });
}

/** The texts that nodes such as `PreviewAny` show. Under other keys, strings are anything. */
function textsOf(nodeId: string, output: unknown): OutputText[] {
  const { text } = (output ?? {}) as { text?: unknown };
  return itemsOf([text]).flatMap((item) =>
    typeof item === 'string'
      ? [{ nodeId, kind: 'text', text: item.replace(UNSTORABLE, '\uFFFD') }]
      : [],
  );
}

/** The zero character and half characters. */
const UNSTORABLE = /[\0\p{Cs}]/gu;

/** Lists within lists happen; beyond a few of them there is nothing that a node meant as an output. */
function itemsOf(values: unknown[]): unknown[] {
  return values.flat(3);
}

const KINDS: [OutputKind, RegExp][] = [
  ['image', /\.(?:png|jpe?g|webp|gif|avif|bmp|tiff?|exr)$/i],
  ['video', /\.(?:mp4|webm|mov|mkv|avi)$/i],
  ['audio', /\.(?:wav|mp3|flac|ogg|opus|m4a|aac)$/i],
  ['text', /\.(?:txt|md|json|csv|srt|vtt)$/i],
  ['model3d', /\.(?:glb|gltf|obj|usdz?|ply|stl|fbx|splat|ksplat|spz)$/i],
];

/** By the file's name: nodes put videos under `images` and pictures under `gifs`. */
function kindOf(filename: string): OutputKind {
  return KINDS.find(([, names]) => names.test(filename))?.[0] ?? 'other';
}
