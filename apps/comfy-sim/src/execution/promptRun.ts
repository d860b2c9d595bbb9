import { modelFiles } from '../catalog/modelFiles';
import { declaresInput } from '../catalog/nodeCatalog';
import type { Scene } from '../faults/points';
import { isLink, nodeOf } from '../graph';
import type { JsonObject } from '../json';
import { NodeInputs } from '../nodes/nodeInputs';
import {
  InterruptedError,
  NodeFailure,
  OutOfMemory,
  type Block,
  type NodeContext,
  type NodeKind,
  type NodeResult,
} from '../nodes/nodeKind';
import { nodeKinds } from '../nodes/nodeKinds';
import type { InputValue } from '../nodes/nodeValue';
import { previewMethods } from '../options';
import type { NodeMeta, NodeOutput, StatusMessage } from '../queue/history';
import type { QueueItem } from '../queue/queueItem';
import type { Outcome } from './executionLog';
import type { ExecutionServices } from './executionServices';
import { ExecutionOrder } from './executionOrder';
import { formatInputs } from './formatInputs';
import { ProgressState, ProgressThrottle } from './progress';
import { signGraph, type CachedResult } from './resultCache';
import { RunEvents } from './runEvents';

export interface RunResult {
  readonly outcome: Outcome;
  readonly outputs: Record<string, NodeOutput>;
  readonly meta: Record<string, NodeMeta>;
  readonly messages: readonly StatusMessage[];
}

/** The way of one prompt through its nodes. */
export class PromptRun {
  readonly events: RunEvents;
  /** The node the run is at, for clients that connect meanwhile. */
  currentNode: string | undefined;
  /** Where this run is, for faults. */
  readonly scene: Scene<'run.started'>;
  private isInterrupted = false;
  private readonly progress: ProgressState;
  private readonly executed: string[] = [];
  /** Held beside the cache: a big batch must not push out what this very run still needs. */
  private readonly results = new Map<string, CachedResult>();
  private readonly shown = new Map<string, NonNullable<CachedResult['ui']>>();
  /** Nodes whose results stop whatever takes them. */
  private readonly blocks = new Map<string, Block>();
  private signatures = new Map<string, string>();

  /** `signal` aborts the run without a word, for the server's own end. */
  constructor(
    private readonly item: QueueItem,
    private readonly services: ExecutionServices,
    private readonly signal: AbortSignal,
  ) {
    this.events = new RunEvents(item, services.hub, services.profile.execution);
    this.progress = new ProgressState(item.promptId);
    this.scene = { prompt_id: item.promptId, client_id: this.events.clientId };
  }

  /** Takes effect at the next step or node. */
  interrupt(): void {
    this.isInterrupted = true;
  }

  async run(): Promise<RunResult> {
    const { faults } = this.services;
    this.events.status('execution_start', {});
    await faults.at('run.started', this.scene);
    this.signatures = await signGraph(this.item.graph, this.services.folders);
    this.services.cache.keepOnly(this.signatures.values());
    for (const id of Object.keys(this.item.graph)) {
      const cached = this.findCached(id);
      if (cached) this.results.set(id, cached);
    }
    this.events.status('execution_cached', { nodes: [...this.results.keys()] });
    const outcome = await this.runNodes();
    if (this.rules.cachedOutputs === 'of the graph') this.showUnreached();
    if (outcome === 'success') {
      this.events.status(...faults.alter('run.end', this.endScene(), ['execution_success', {}]));
      await faults.at('run.succeeded', this.scene);
    }
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
      const block = this.blockOn(id);
      this.keep(id, block ? this.passOn(block, id) : await this.produce(id, kind, inputs));
    } catch (error) {
      this.signal.throwIfAborted();
      return this.tellFailure(id, inputs, error);
    }
    this.progress.finish(id);
    this.events.progressState(this.progress.snapshot());
    this.executed.push(id);
    return undefined;
  }

  private async produce(
    id: string,
    kind: NodeKind,
    inputs: Record<string, InputValue>,
  ): Promise<NodeResult> {
    const { faults } = this.services;
    const node_class = nodeOf(this.item.graph, id).class_type;
    const scene = { ...this.scene, node_id: id, node_class, inputs };
    this.refuseStrayLinks(id);
    await faults.at('node.run', scene);
    const result = await kind.run(new NodeInputs(inputs), this.contextOf(id));
    return faults.alter('node.result', scene, result);
  }

  /** A linked input is handed to the node whether it is declared or not; Python refuses what it does not expect. */
  private refuseStrayLinks(id: string): void {
    const { class_type, inputs } = nodeOf(this.item.graph, id);
    for (const [name, value] of Object.entries(inputs)) {
      if (!isLink(value) || declaresInput(class_type, name)) continue;
      const text = `${class_type}.execute() got an unexpected keyword argument '${name}'`;
      throw new NodeFailure('TypeError', text);
    }
  }

  private blockOn(id: string): Block | undefined {
    const links = Object.values(nodeOf(this.item.graph, id).inputs).filter(isLink);
    return links.map(([source]) => this.blocks.get(source)).find((block) => block !== undefined);
  }

  /** A block speaks once, at the first node that meets it. */
  private passOn({ message }: Block, id: string): NodeResult {
    const node_type = nodeOf(this.item.graph, id).class_type;
    const about = { node_id: id, node_type, executed: this.executed };
    if (message !== null) this.events.blocked(about, message);
    return { outputs: [], blocks: { message: null } };
  }

  private endScene(): Scene<'run.end'> {
    const { graph } = this.item;
    const node_id = this.executed.at(-1) ?? Object.keys(graph).at(-1) ?? '';
    const node_type = nodeOf(graph, node_id).class_type;
    return { ...this.scene, node_id, node_type, executed: this.executed };
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
  private outputOf(source: string, slot: number | boolean): InputValue | undefined {
    return this.results.get(source)?.outputs.at(Number(slot));
  }

  private keep(id: string, { outputs, ui, blocks }: NodeResult): void {
    if (blocks) this.blocks.set(id, blocks);
    const entry = ui ? { outputs, ui: { meta: metaOf(id), output: ui } } : { outputs };
    this.results.set(id, entry);
    if (entry.ui) {
      this.shown.set(id, entry.ui);
      this.events.executed(id, entry.ui.output);
    }
    const signature = this.signatures.get(id);
    if (signature !== undefined && !blocks) this.services.cache.set(signature, entry);
  }

  private findCached(id: string): CachedResult | undefined {
    const signature = this.signatures.get(id);
    return signature === undefined ? undefined : this.services.cache.get(signature);
  }

  private showCached(id: string, cached: CachedResult): void {
    this.results.set(id, cached);
    const isTold = this.events.clientId !== undefined;
    if (cached.ui && (isTold || this.rules.cachedOutputs !== 'told to a client')) {
      this.shown.set(id, cached.ui);
    }
    this.events.executed(id, cached.ui?.output ?? null);
    this.progress.finish(id);
    this.events.progressState(this.progress.snapshot());
  }

  private contextOf(id: string): NodeContext {
    const { clock, folders, models, options, profile } = this.services;
    const throttle = new ProgressThrottle(profile.execution.throttlesProgress);
    return {
      graph: this.item.graph,
      extraData: this.item.extraData,
      folders,
      models,
      modelFiles: modelFiles(options),
      stepMs: options.stepMs,
      wantsPreviews: this.previewMethod !== 'none',
      wait: (ms) => clock.wait(ms, this.signal),
      tell: (text) => {
        this.events.text(id, text);
      },
      progress: async (value, max, draw) => {
        this.throwIfInterrupted();
        const hasPreview = draw !== undefined;
        if (!throttle.admits({ value, max, hasPreview, now: clock.now() })) return;
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

  /** Some versions list all that the cache has of the graph, reached or not. */
  private showUnreached(): void {
    for (const [id, { ui }] of this.results) if (ui) this.shown.set(id, ui);
  }

  private get rules() {
    return this.services.profile.execution;
  }

  private get previewMethod(): unknown {
    const wish = this.rules.takesPreviewMethod && this.item.extraData['preview_method'];
    const isKnown = (previewMethods as readonly unknown[]).includes(wish);
    return isKnown ? wish : this.services.options.previewMethod;
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
