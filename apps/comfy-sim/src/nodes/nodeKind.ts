import type { ModelFiles } from '../catalog/modelFiles';
import type { Folders } from '../files/folders';
import type { Graph } from '../graph';
import type { JsonObject } from '../json';
import type { ModelMemory } from '../execution/modelMemory';
import type { NodeOutput } from '../queue/history';
import type { NodeInputs } from './nodeInputs';
import type { OutputValue } from './nodeValue';

/** What a running node may use. */
export interface NodeContext {
  readonly graph: Graph;
  readonly extraData: JsonObject;
  readonly folders: Folders;
  readonly models: ModelMemory;
  /** What lies in the model folders. */
  readonly modelFiles: ModelFiles;
  /** Time one sampling step takes. */
  readonly stepMs: number;
  /** Lets time pass. */
  readonly wait: (ms: number) => Promise<void>;
  /** Reports a step; throws InterruptedError when the prompt was interrupted. */
  readonly progress: (value: number, max: number, preview?: () => Promise<Buffer>) => Promise<void>;
  /** Sends a line of text about the node to every client. */
  readonly tell: (text: string) => void;
  /** Whether this prompt asked for pictures of its steps. */
  readonly wantsPreviews: boolean;
}

export interface NodeResult {
  readonly outputs: readonly OutputValue[];
  /** What the node shows in `executed` and in the history. */
  readonly ui?: NodeOutput;
  /** Stops whatever takes these outputs. */
  readonly blocks?: Block;
}

/** Null blocks without a word. */
export interface Block {
  readonly message: string | null;
}

/** One node class. */
export interface NodeKind {
  run(inputs: NodeInputs, context: NodeContext): Promise<NodeResult>;
  /** Something beyond the inputs that the result hangs on, e.g. a file's content. */
  fingerprint?(inputs: Readonly<Record<string, unknown>>, folders: Folders): Promise<string>;
}

/** The prompt was interrupted. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}

/** A node failed; `type` is the Python exception's name. */
export class NodeFailure extends Error {
  override readonly name = 'NodeFailure';
  constructor(
    readonly type: string,
    message: string,
  ) {
    super(message);
  }
}

/** The simulated graphics card has no memory left. */
export class OutOfMemory extends NodeFailure {
  constructor(type = 'torch.OutOfMemoryError') {
    super(type, 'Allocation on device');
  }
}
