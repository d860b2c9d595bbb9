import { z } from 'zod';
import type { Http } from './http';

const Device = z.object({
  name: z.string(),
  type: z.string(),
  index: z.number().nullable(),
  vram_total: z.number(),
  vram_free: z.number(),
});
const Stats = z
  .object({
    system: z.object({
      comfyui_version: z.string(),
      os: z.string(),
      python_version: z.string(),
      pytorch_version: z.string(),
      ram_total: z.number(),
      ram_free: z.number(),
      argv: z.array(z.string()),
    }),
    devices: z.array(Device),
  })
  .transform(({ system, devices }) => ({
    version: system.comfyui_version,
    os: system.os,
    pythonVersion: system.python_version,
    pytorchVersion: system.pytorch_version,
    ramTotalBytes: system.ram_total,
    ramFreeBytes: system.ram_free,
    argv: system.argv,
    devices: devices.map(({ name, type, index, vram_total, vram_free }) => ({
      name,
      type,
      index,
      vramTotalBytes: vram_total,
      vramFreeBytes: vram_free,
    })),
  }));

/** What an instance says of itself. Its `version` also tells the protocol. */
export type SystemStats = z.infer<typeof Stats>;

export function readSystemStats(http: Http, signal: AbortSignal): Promise<SystemStats> {
  return http.json({ path: '/api/system_stats' }, Stats, signal);
}

/** Feature flags by name, such as `supports_preview_metadata`. */
export type Features = Record<string, unknown>;

export function readFeatures(http: Http, signal: AbortSignal): Promise<Features> {
  return http.json({ path: '/api/features' }, z.record(z.string(), z.unknown()), signal);
}

const Inputs = z.record(z.string(), z.unknown());
const NodeClass = z.looseObject({
  input: z.looseObject({ required: Inputs.optional(), optional: Inputs.optional() }).catch({}),
  output: z.array(z.unknown()).catch([]),
  output_node: z.boolean().catch(false),
});
const ObjectInfo = z.record(z.string(), NodeClass);

/** A node class; input specs are as ComfyUI gives them, in several forms. See `choicesOf`. */
export type NodeClass = z.infer<typeof NodeClass>;
/** Node classes by name. */
export type ObjectInfo = z.infer<typeof ObjectInfo>;

export function readObjectInfo(http: Http, signal: AbortSignal): Promise<ObjectInfo> {
  return http.json({ path: '/api/object_info' }, ObjectInfo, signal);
}

/** One node class; null when it is not installed. */
export async function findNodeClass(
  http: Http,
  name: string,
  signal: AbortSignal,
): Promise<NodeClass | null> {
  const path = `/api/object_info/${encodeURIComponent(name)}`;
  return (await http.json({ path }, ObjectInfo, signal))[name] ?? null;
}

/** The model files of a folder such as `checkpoints`, with their subfolders; null for no such folder. */
export function findModels(
  http: Http,
  folder: string,
  signal: AbortSignal,
): Promise<string[] | null> {
  const path = `/api/models/${encodeURIComponent(folder)}`;
  return http.findJson({ path }, z.array(z.string()), signal);
}
