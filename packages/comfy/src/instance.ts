import { z } from 'zod';
import { encodePart, readTextAnswer, type Http } from './http';
import { toStrictJson } from './json';

const Text = z.string().catch('');
const Amount = z.number().nullable().catch(null);
const Device = z.object({
  name: Text,
  type: Text,
  index: Amount,
  vram_total: Amount,
  vram_free: Amount,
});
/** The version is what tells a ComfyUI from anything else that answers with JSON. */
const Stats = z
  .object({
    system: z.object({
      comfyui_version: z.string(),
      os: Text,
      python_version: Text,
      pytorch_version: Text,
      ram_total: Amount,
      ram_free: Amount,
      argv: z.array(z.string()).catch([]),
    }),
    devices: z.array(Device).catch([]),
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

/** What an instance says of itself; see `capabilitiesOf` for what its `version` means. */
export type SystemStats = z.infer<typeof Stats>;

export function readSystemStats(http: Http, signal: AbortSignal): Promise<SystemStats> {
  return http.json({ path: '/api/system_stats' }, Stats, signal);
}

/** Feature flags by name, such as `supports_preview_metadata`. */
export type Features = Record<string, unknown>;

export async function readFeatures(http: Http, signal: AbortSignal): Promise<Features> {
  const flags = z.record(z.string(), z.unknown());
  return (await http.findJson({ path: '/api/features' }, flags, signal)) ?? {};
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

const OBJECT_INFO = { path: '/api/object_info' };

export function readObjectInfo(http: Http, signal: AbortSignal): Promise<ObjectInfo> {
  return http.json(OBJECT_INFO, ObjectInfo, signal);
}

/** Its JSON text, which is not parsed: that takes as long as everything else together. */
export async function readObjectInfoText(http: Http, signal: AbortSignal): Promise<string> {
  return toStrictJson(readTextAnswer(OBJECT_INFO, await http.send(OBJECT_INFO, signal)));
}

/** One node class; null when it is not installed. */
export async function findNodeClass(
  http: Http,
  name: string,
  signal: AbortSignal,
): Promise<NodeClass | null> {
  const path = `/api/object_info/${encodePart(name)}`;
  const found = await http.json({ path }, ObjectInfo, signal);
  return Object.hasOwn(found, name) ? (found[name] ?? null) : null;
}

/** The names of the folders that models may be in. */
export function readModelFolders(http: Http, signal: AbortSignal): Promise<string[]> {
  return http.json({ path: '/api/models' }, z.array(z.string()), signal);
}

/** The model files of a folder such as `checkpoints`, with their subfolders; null for no such folder. */
export function findModels(
  http: Http,
  folder: string,
  signal: AbortSignal,
): Promise<string[] | null> {
  const path = `/api/models/${encodePart(folder)}`;
  return http.findJson({ path }, z.array(z.string()), signal);
}
