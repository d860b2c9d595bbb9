import type { CreateGeneration, GraphFault } from '@avatarforge/contracts';
import type { NewGeneration } from '@avatarforge/db';

/** One way to draw a request, not yet written. */
export interface Plan extends Omit<NewGeneration, 'id' | 'ownerId' | 'request' | 'retryOf'> {
  /** What was asked for, with the seed that was drawn: asked for again, it gives the same pictures. */
  request: CreateGeneration;
  /** Where in the request the value of a node's input came from, as a JSON Pointer. */
  pointerTo: (node: string | null, field: string | null) => string;
}

/** Makes a plan; throws what is wrong with the values of the request. */
export type Way = () => Plan;

/** A plan, and what the pool says to it. */
export interface CheckedPlan extends Plan {
  /** Whether each of its shots can run somewhere, as far as is known. */
  isRunnable: boolean;
  /** The instances that can run all of it. */
  runnableOn: string[];
  /** What the nearest instance would refuse it for; empty when it is runnable. */
  faults: GraphFault[];
  /** Of how many instances it is known what they can run. */
  checkedAgainst: number;
}
