import { checkGraph, type CheckOptions } from './checkGraph';
import type { GraphIssue } from './graphIssue';
import type { NodeCatalog } from './nodeDefinition';

/** A catalog, and the instances that it was read from. */
export interface PoolCatalog {
  catalog: NodeCatalog;
  instances: readonly string[];
}

/** An issue with the instances that do not have it: where the node class, the model or the value is there. */
export interface PoolIssue extends GraphIssue {
  availableOn: string[];
}

/** Where a graph runs. All are empty when no catalog was given. */
export interface PoolVerdict {
  runnableOn: string[];
  /** Where it does not, though the nodes and models that it needs are there: as on another version of a node. */
  unfit: string[];
  /** Of the instance that lacks least, when the graph runs nowhere. */
  issues: PoolIssue[];
}

/** Judges a graph against every catalog of the pool. */
export function checkGraphOnPool(
  graph: unknown,
  catalogs: readonly PoolCatalog[],
  options: CheckOptions = {},
): PoolVerdict {
  const verdicts = catalogs.map(({ catalog, instances }) => ({
    instances,
    issues: checkGraph(graph, catalog, options),
  }));
  const runnableOn = verdicts.filter(({ issues }) => issues.length === 0).flatMap(instancesOf);
  const unfit = verdicts
    .filter(({ issues }) => issues.length > 0 && !issues.some(isNeed))
    .flatMap(instancesOf);
  const [nearest] = verdicts.toSorted((a, b) => a.issues.length - b.issues.length);
  if (!nearest || runnableOn.length > 0) return { runnableOn, unfit, issues: [] };
  const issues = nearest.issues.map((issue) => {
    const others = verdicts.filter((verdict) => !concerns(verdict.issues, issue));
    return { ...issue, availableOn: others.flatMap(instancesOf) };
  });
  return { runnableOn, unfit, issues };
}

/**
 * Whether an instance with this catalog has the node classes and model files that `graph` needs. What else may be wrong
 * with it is not about the instance.
 */
export function meetsNeeds(graph: unknown, catalog: NodeCatalog): boolean {
  return !checkGraph(graph, catalog).some(isNeed);
}

function isNeed({ code }: GraphIssue): boolean {
  return code === 'unknown_node' || code === 'missing_model';
}

function instancesOf({ instances }: { instances: readonly string[] }): readonly string[] {
  return instances;
}

/** Whether `issues` has this one, or says that the node it is about is not there at all. */
function concerns(issues: readonly GraphIssue[], { nodeId, field, code }: GraphIssue): boolean {
  const isSame = (other: GraphIssue) =>
    field === null ? other.code === code : other.field === field;
  return issues.some(
    (other) => other.nodeId === nodeId && (other.code === 'unknown_node' || isSame(other)),
  );
}
