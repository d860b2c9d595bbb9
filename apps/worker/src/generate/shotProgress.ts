import type { ComfyEvent } from '@avatarforge/comfy';
import type { Graph } from '@avatarforge/core';

/** What the samplers weigh together, where there are any; the other nodes share the rest. */
const SAMPLERS_WEIGH = 0.9;
/** Of a sampler that does not say how many steps it takes. */
const USUAL_STEPS = 20;
/** It is all drawn only when ComfyUI says so. */
const MOST = 0.99;

/** How far the shot of one prompt is drawn: the share of its nodes that are done, in which samplers count most. */
export class ShotProgress {
  /** Id of the node that works, and what it says of itself. */
  node: string | null = null;
  step: number | null = null;
  steps: number | null = null;
  private readonly weights: Map<string, number>;
  private readonly done = new Set<string>();
  private highest = 0;

  constructor(graph: Graph) {
    this.weights = weigh(graph);
  }

  /** 0 to 1; it never falls, and is 1 when the prompt has succeeded. */
  get share(): number {
    return this.highest;
  }

  /** Returns whether the event says anything about how far it is. */
  hear(event: ComfyEvent): boolean {
    if (event.type === 'executionSuccess') this.highest = 1;
    else if (event.type === 'executionCached') for (const id of event.nodeIds) this.done.add(id);
    else if (event.type === 'executing') this.turnTo(event.nodeId);
    else if (event.type === 'progress') this.takeStep(event);
    else return false;
    if (this.highest < 1) this.highest = Math.max(this.highest, Math.min(this.measure(), MOST));
    return true;
  }

  private takeStep({ nodeId, value, max }: { nodeId: string; value: number; max: number }): void {
    if (nodeId !== this.node) this.turnTo(nodeId);
    this.step = value;
    this.steps = max;
  }

  private turnTo(nodeId: string): void {
    if (this.node !== null && this.node !== nodeId) this.done.add(this.node);
    this.node = nodeId;
    this.step = null;
    this.steps = null;
  }

  private measure(): number {
    let share = 0;
    for (const [id, weight] of this.weights) {
      if (this.done.has(id)) share += weight;
      else if (id === this.node && this.step !== null && this.steps) {
        share += weight * Math.min(this.step / this.steps, 1);
      }
    }
    return share;
  }
}

/** The share of each node; together they are 1. */
function weigh(graph: Graph): Map<string, number> {
  const nodes = Object.entries(graph);
  const steps = new Map(
    nodes
      .filter(([, { class_type: kind, inputs }]) => 'steps' in inputs && /sampler/i.test(kind))
      .map(([id, { inputs }]) => [id, toSteps(inputs['steps'])]),
  );
  const all = [...steps.values()].reduce((sum, count) => sum + count, 0);
  const others = nodes.length - steps.size;
  const samplersWeigh = others === 0 ? 1 : SAMPLERS_WEIGH;
  const otherWeighs = steps.size === 0 ? 1 / others : (1 - samplersWeigh) / others;
  return new Map(
    nodes.map(([id]) => {
      const own = steps.get(id);
      return [id, own === undefined ? otherWeighs : (samplersWeigh * own) / all];
    }),
  );
}

/** It may be linked to another node. */
function toSteps(value: unknown): number {
  return typeof value === 'number' && value > 0 ? value : USUAL_STEPS;
}
