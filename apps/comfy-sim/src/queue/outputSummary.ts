import { isObject, type Json, type JsonObject } from '../json';
import type { NodeOutput } from './history';

interface OutputSummary {
  readonly outputs_count: number;
  readonly previewable_outputs_count: number;
  readonly preview_output: JsonObject | undefined;
}

interface Shown {
  readonly item: JsonObject;
  readonly isFile: boolean;
  readonly isPreviewable: boolean;
}

const previewable = ['images', 'video', 'audio', '3d', 'text'];
const mesh = /\.(obj|fbx|gltf|glb|usdz)$/i;
const readable = /\.(obj|fbx|gltf|glb|usdz|txt|md|json)$/i;
const maxTextLength = 1024;

/** Counts what a prompt's nodes showed and picks what stands for it: saved files before others. */
export function summariseOutputs(outputs: Readonly<Record<string, NodeOutput>>): OutputSummary {
  const shown = Object.entries(outputs).flatMap(([nodeId, output]) =>
    Object.entries(output).flatMap(([mediaType, items]) =>
      // A flag, no output.
      mediaType === 'animated' ? [] : items.flatMap((item) => toShown(item, { nodeId, mediaType })),
    ),
  );
  const files = shown.filter(({ isFile }) => isFile);
  const candidates = shown.filter(({ isPreviewable }) => isPreviewable);
  const preview = candidates.find(({ item }) => item['type'] === 'output') ?? candidates[0];
  return {
    outputs_count: files.length,
    previewable_outputs_count: files.filter(({ isPreviewable }) => isPreviewable).length,
    preview_output: preview?.item,
  };
}

// Texts are no outputs, but may stand for a prompt that has none; the name of a mesh is a file.
function toShown(item: Json, about: { nodeId: string; mediaType: string }): Shown[] {
  if (isObject(item)) {
    const { filename, format } = item;
    const isPreviewable =
      previewable.includes(about.mediaType) ||
      (typeof format === 'string' && /^(video|audio)\//.test(format)) ||
      (typeof filename === 'string' && readable.test(filename));
    return [{ item: { ...about, ...item }, isFile: true, isPreviewable }];
  }
  if (typeof item !== 'string') return [];
  if (mesh.test(item)) {
    const file = { filename: item, type: 'output', subfolder: '', mediaType: '3d' };
    return [{ item: { ...file, nodeId: about.nodeId }, isFile: true, isPreviewable: true }];
  }
  if (about.mediaType !== 'text') return [];
  const isLong = item.length > maxTextLength;
  const text = { content: item.slice(0, maxTextLength), ...(isLong ? { truncated: true } : {}) };
  return [{ item: { ...text, ...about }, isFile: false, isPreviewable: true }];
}
