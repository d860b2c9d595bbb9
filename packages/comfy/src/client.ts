import { parseAddress } from './address';
import { cancel, type CancelResult } from './cancel';
import { within, type CallOptions } from './deadline';
import { fetchOutput, uploadImage, type ImageUpload, type OutputFile } from './files';
import { createHttp } from './http';
import {
  findModels,
  findNodeClass,
  readFeatures,
  readModelFolders,
  readObjectInfo,
  readObjectInfoText,
  readSystemStats,
  type Features,
  type NodeClass,
  type ObjectInfo,
  type SystemStats,
} from './instance';
import { look, type Look } from './look';
import type { OutputRef } from './outputs';
import {
  deleteHistory,
  deleteQueued,
  freeMemory,
  readQueue,
  readQueueLength,
  type ComfyQueue,
} from './queue';
import { serverFinder } from './server';
import { submit, type Submission, type SubmitResult } from './submit';

export interface ComfyClientOptions {
  /** Such as `http://gpu-1:8188`; may hold a path and credentials of a proxy. */
  baseUrl: string;
  /**
   * Of the ComfyUI, as `systemStats` tells it, once that is known. Without it, the calls that depend on
   * it (`submit`, `look`, `cancel`) each ask first.
   */
  version?: string;
  fetch?: typeof globalThis.fetch;
  /** For each call without a `timeoutMs` of its own; 10 s when absent. */
  timeoutMs?: number;
}

/**
 * One ComfyUI, by HTTP. It keeps no state and retries nothing. Every method rejects with
 * `ComfyUnavailableError` when ComfyUI does not answer as it should, or with the signal's reason.
 */
export interface ComfyClient {
  systemStats(call?: CallOptions): Promise<SystemStats>;
  /** Its feature flags; none before 0.3.45. */
  features(call?: CallOptions): Promise<Features>;
  /** All node classes: up to megabytes, seconds on an instance with many models. */
  objectInfo(call?: CallOptions): Promise<ObjectInfo>;
  /** The same as JSON text, unparsed, to be stored: no `NaN` in it, long integers as they are. */
  objectInfoText(call?: CallOptions): Promise<string>;
  /** One node class; null when it is not installed. */
  nodeClass(name: string, call?: CallOptions): Promise<NodeClass | null>;
  /** The folders that models may be in, such as `checkpoints`. */
  modelFolders(call?: CallOptions): Promise<string[]>;
  /** The model files of such a folder; null when there is no such folder. */
  models(folder: string, call?: CallOptions): Promise<string[] | null>;
  /** Posts a graph, once. An outage is told by the result, not by an error. */
  submit(submission: Submission, call?: CallOptions): Promise<SubmitResult>;
  /** Where a prompt is, and how it ended: the truth that socket events only hint at. */
  look(promptId: string, call?: CallOptions): Promise<Look>;
  queue(call?: CallOptions): Promise<ComfyQueue>;
  /** How many prompts run or wait: the cheapest sign of life. */
  queueLength(call?: CallOptions): Promise<number>;
  /** Takes a waiting prompt out, by the id that `look` gave. ComfyUI does not say whether it did: look afterwards. */
  deleteQueued(promptId: string, call?: CallOptions): Promise<void>;
  /** Takes a waiting prompt out or interrupts a running one, never another one. */
  cancel(promptId: string, call?: CallOptions): Promise<CancelResult>;
  /** Makes ComfyUI forget a finished prompt, by the id that `look` gave; its files stay. */
  deleteHistory(promptId: string, call?: CallOptions): Promise<void>;
  /** Asks ComfyUI to unload its models and drop its cache, as after running out of memory. */
  freeMemory(call?: CallOptions): Promise<void>;
  /** Stores an input picture; resolves to what `LoadImage` takes for it. */
  uploadImage(upload: ImageUpload, call?: CallOptions): Promise<string>;
  /** Downloads an output of at most `maxBytes`; null when ComfyUI no longer has it. */
  fetchOutput(
    ref: Pick<OutputRef, 'filename' | 'subfolder' | 'type'>,
    call: CallOptions & { maxBytes: number },
  ): Promise<OutputFile | null>;
}

/**
 * Makes the client of one ComfyUI. Nothing is sent before a method is called.
 * @throws TypeError when `baseUrl` is no http(s) URL.
 */
export function createComfyClient(options: ComfyClientOptions): ComfyClient {
  const { baseUrl, version = null, fetch = globalThis.fetch, timeoutMs = 10_000 } = options;
  const http = createHttp(parseAddress(baseUrl), fetch);
  const findServer = serverFinder(http, version);
  const run = <T>(call: CallOptions | undefined, work: (signal: AbortSignal) => Promise<T>) =>
    within({ timeoutMs, ...call }, work);
  return {
    systemStats: (call) => run(call, (signal) => readSystemStats(http, signal)),
    features: (call) => run(call, (signal) => readFeatures(http, signal)),
    objectInfo: (call) => run(call, (signal) => readObjectInfo(http, signal)),
    objectInfoText: (call) => run(call, (signal) => readObjectInfoText(http, signal)),
    nodeClass: (name, call) => run(call, (signal) => findNodeClass(http, name, signal)),
    modelFolders: (call) => run(call, (signal) => readModelFolders(http, signal)),
    models: (folder, call) => run(call, (signal) => findModels(http, folder, signal)),
    submit: (submission, call) => run(call, (signal) => submit(findServer, submission, signal)),
    look: (id, call) => run(call, async (signal) => look(await findServer(signal), id, signal)),
    queue: (call) => run(call, (signal) => readQueue(http, signal)),
    queueLength: (call) => run(call, (signal) => readQueueLength(http, signal)),
    deleteQueued: (id, call) => run(call, (signal) => deleteQueued(http, id, signal)),
    cancel: (id, call) => run(call, async (signal) => cancel(await findServer(signal), id, signal)),
    deleteHistory: (id, call) => run(call, (signal) => deleteHistory(http, id, signal)),
    freeMemory: (call) => run(call, (signal) => freeMemory(http, signal)),
    uploadImage: (upload, call) => run(call, (signal) => uploadImage(http, upload, signal)),
    fetchOutput: (ref, call) =>
      run(call, (signal) => fetchOutput(http, ref, { maxBytes: call.maxBytes, signal })),
  };
}
