import { isLink, nodeOf } from '../graph';
import type { JsonObject } from '../json';
import { NodeInputs } from '../nodes/nodeInputs';
import {
  InterruptedError,
  NodeFailure,
  OutOfMemory,
  type NodeContext,
  type NodeResult,
} from '../nodes/nodeKind';
import { nodeKinds } from '../nodes/nodeKinds';
import type { InputValue } from '../nodes/nodeValue';
import type { NodeMeta, NodeOutput, StatusMessage } from '../queue/history';
import type { QueueItem } from '../queue/queueItem';
import type { ExecutionServices } from './executionServices';
import { ExecutionOrder } from './executionOrder';
import { formatInputs } from './formatInputs';
import { ProgressState, ProgressThrottle } from './progress';
import { signGraph, type CachedResult } from './resultCache';
import { RunEvents } from './runEvents';

export type Outcome = 'success' | 'error' | 'interrupted';

export interface RunResult {
  readonly outcome: Outcome;
  readonly outputs: Record<string, NodeOutput>;
  readonly meta: Record<string, NodeMeta>;
  readonly messages: readonly StatusMessage[];
}

const previewMethods: readonly unknown[] = ['auto', 'latent2rgb', 'taesd'];

/** The way of one prompt through its nodes. */
export class PromptRun {
  readonly events: RunEvents;
  /** The node the run is at, for clients that connect meanwhile. */
  currentNode: string | undefined;
  private isInterrupted = false;
  private readonly progress: ProgressState;
  private readonly executed: string[] = [];
  /** Held beside the cache: a big batch must not push out what this very run still needs. */
  private readonly results = new Map<string, CachedResult>();
  private readonly shown = new Map<string, NonNullable<CachedResult['ui']>>();
  private signatures = new Map<string, string>();

  /** `signal` aborts the run without a word, for the server's own end. */
  constructor(
    private readonly item: QueueItem,
    private readonly services: ExecutionServices,
    private readonly signal: AbortSignal,
  ) {
    this.events = new RunEvents(item, services.hub);
    this.progress = new ProgressState(item.promptId);
  }

  /** Takes effect at the next step or node. */
  interrupt(): void {
    this.isInterrupted = true;
  }

  async run(): Promise<RunResult> {
    this.events.status('execution_start', {});
    this.signatures = await signGraph(this.item.graph, this.services.folders);
    for (const id of Object.keys(this.item.graph)) {
      const cached = this.findCached(id);
      if (cached) this.results.set(id, cached);
    }
    this.events.status('execution_cached', { nodes: [...this.results.keys()] });
    const outcome = await this.runNodes();
    if (outcome === 'success') this.events.status('execution_success', {});
    this.currentNode = undefined;
    const shown = [...this.shown];
    return {
      outcome,
      outputs: Object.fromEntries(shown.map(([id, ui]) => [id, ui.output])),
      meta: Object.fromEntries(shown.map(([id, ui]) => [id, ui.meta])),
      messages: this.events.messages,
    };
  }

  private async runNodes(): Promise<Outcome> {
    const { graph, outputs } = this.item;
    const order = new ExecutionOrder(graph, (id) => this.results.has(id), outputs);
    for (let id = order.next(); id !== undefined; id = order.next()) {
      this.signal.throwIfAborted();
      // A node may equal one that ran a moment ago.
      const cached = this.results.get(id) ?? this.findCached(id);
      if (cached) this.showCached(id, cached);
      const failure = cached ? undefined : await this.runNode(id);
      if (failure) return failure;
      order.complete(id);
    }
    return 'success';
  }

  private async runNode(id: string): Promise<Exclude<Outcome, 'success'> | undefined> {
    const kind = nodeKinds[nodeOf(this.item.graph, id).class_type];
    this.progress.start(id);
    this.events.progressState(this.progress.snapshot());
    this.currentNode = id;
    this.events.executing(id);
    const inputs = this.collectInputs(id);
    try {
      this.throwIfInterrupted();
      if (!kind) throw new Error('this node class has no implementation');
      this.keep(id, await kind.run(new NodeInputs(inputs), this.contextOf(id)));
    } catch (error) {
      this.signal.throwIfAborted();
      return this.tellFailure(id, inputs, error);
    }
    this.progress.finish(id);
    this.events.progressState(this.progress.snapshot());
    this.executed.push(id);
    return undefined;
  }

  private collectInputs(id: string): Record<string, InputValue> {
    const values: Record<string, InputValue> = {};
    for (const [name, given] of Object.entries(nodeOf(this.item.graph, id).inputs)) {
      const value = isLink(given) ? this.outputOf(...given) : given;
      if (value !== undefined) values[name] = value;
    }
    return values;
  }

  /** Undefined for an input the class does not declare, which may lead anywhere. */
  private outputOf(source: string, slot: number): InputValue | undefined {
    return this.results.get(source)?.outputs.at(slot);
  }

  private keep(id: string, { outputs, ui }: NodeResult): void {
    const entry = ui ? { outputs, ui: { meta: metaOf(id), output: ui } } : { outputs };
    this.results.set(id, entry);
    if (entry.ui) {
      this.shown.set(id, entry.ui);
      this.events.executed(id, entry.ui.output);
    }
    const signature = this.signatures.get(id);
    if (signature !== undefined) this.services.cache.set(signature, entry);
  }

  private findCached(id: string): CachedResult | undefined {
    const signature = this.signatures.get(id);
    return signature === undefined ? undefined : this.services.cache.get(signature);
  }

  private showCached(id: string, cached: CachedResult): void {
    this.results.set(id, cached);
    if (cached.ui) this.shown.set(id, cached.ui);
    this.events.executed(id, cached.ui?.output ?? null);
    this.progress.finish(id);
    this.events.progressState(this.progress.snapshot());
  }

  private contextOf(id: string): NodeContext {
    const throttle = new ProgressThrottle();
    const { folders, models, options } = this.services;
    return {
      graph: this.item.graph,
      extraData: this.item.extraData,
      folders,
      models,
      stepMs: options.stepMs,
      wantsPreviews: previewMethods.includes(this.item.extraData['preview_method']),
      wait: (ms) => this.services.wait(ms, this.signal),
      progress: async (value, max, draw) => {
        this.throwIfInterrupted();
        const hasPreview = draw !== undefined;
        if (!throttle.admits({ value, max, hasPreview, now: performance.now() })) return;
        this.progress.update(id, value, max);
        this.events.progressState(this.progress.snapshot());
        this.events.progress({ nodeId: id, value, max, preview: await draw?.() });
      },
    };
  }

  private tellFailure(
    id: string,
    inputs: Record<string, InputValue>,
    error: unknown,
  ): 'error' | 'interrupted' {
    const { graph } = this.item;
    const node_type = nodeOf(graph, id).class_type;
    const about = { node_id: id, node_type, executed: this.executed };
    if (error instanceof InterruptedError) {
      this.events.status('execution_interrupted', about);
      return 'interrupted';
    }
    if (error instanceof OutOfMemory) this.services.models.unloadAll();
    this.events.status('execution_error', {
      ...about,
      ...describeError(error),
      traceback: ['  File "execution.py", in execute\n'],
      current_inputs: formatInputs(inputs) as JsonObject,
      current_outputs: Object.keys(graph),
    });
    return 'error';
  }

  private throwIfInterrupted(): void {
    if (this.isInterrupted) throw new InterruptedError();
  }
}

function metaOf(id: string): NodeMeta {
  return { node_id: id, display_node: id, parent_node: null, real_node_id: id };
}

const outOfMemoryTips =
  'This error means you ran out of memory on your GPU.\n\nTIPS: If the workflow worked before you might have accidentally set the batch_size to a large number.';

function describeError(error: unknown) {
  const text = error instanceof Error ? error.message : String(error);
  return {
    exception_message: `${text}\n${error instanceof OutOfMemory ? outOfMemoryTips : ''}`,
    exception_type: error instanceof NodeFailure ? error.type : 'RuntimeError',
  };
}
