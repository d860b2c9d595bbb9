interface NodeProgress {
  state: 'running' | 'finished';
  value: number;
  max: number;
}

/** The `progress_state` snapshot of one prompt: every node that has begun. */
export class ProgressState {
  private readonly nodes = new Map<string, NodeProgress>();

  constructor(private readonly promptId: string) {}

  start(id: string): void {
    this.nodes.set(id, { state: 'running', value: 0, max: 1 });
  }

  update(id: string, value: number, max: number): void {
    this.nodes.set(id, { state: 'running', value, max });
  }

  finish(id: string): void {
    const max = this.nodes.get(id)?.max ?? 1;
    this.nodes.set(id, { state: 'finished', value: max, max });
  }

  snapshot(): object {
    const nodes = [...this.nodes].map(([id, { state, value, max }]) => {
      const ids = { display_node_id: id, parent_node_id: null, real_node_id: id };
      return [id, { value, max, state, node_id: id, prompt_id: this.promptId, ...ids }] as const;
    });
    return { prompt_id: this.promptId, nodes: Object.fromEntries(nodes) };
  }
}

const minIntervalMs = 100;
const minPercent = 0.5;

/** Thins out a node's steps: first, last and those with a preview pass, others at most ten a second. */
export class ProgressThrottle {
  private lastValue = -1;
  private lastAt = 0;

  /** A throttle that is off lets everything pass. */
  constructor(private readonly isOn: boolean) {}

  admits(step: { value: number; max: number; hasPreview: boolean; now: number }): boolean {
    const isFirst = this.lastValue < 0;
    const percent = ((step.value - Math.max(0, this.lastValue)) / step.max) * 100;
    const isDue = step.now - this.lastAt >= minIntervalMs && percent >= minPercent;
    if (this.isOn && !isFirst && step.value < step.max && !step.hasPreview && !isDue) return false;
    this.lastValue = step.value;
    this.lastAt = step.now;
    return true;
  }
}
