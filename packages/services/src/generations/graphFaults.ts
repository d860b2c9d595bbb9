import type { GraphFault } from '@avatarforge/contracts';
import { AppError } from '@avatarforge/core';
import type { GraphIssue } from '@avatarforge/workflows';
import type { Plan } from './plan';

/** What the API tells of an issue. */
export function toFault(
  issue: GraphIssue & { availableOn?: string[] },
  pointerTo: Plan['pointerTo'],
): GraphFault {
  const { code, nodeId, nodeType, field, given, nearest, message, availableOn = [] } = issue;
  return {
    pointer: pointerTo(nodeId, field),
    message,
    code,
    node_id: nodeId,
    node_type: nodeType,
    field,
    given,
    nearest,
    available_on: availableOn,
  };
}

const SHOWN_IN_DETAIL = 3;

/** Throws {@link AppError} `graph_rejected` with these faults, the first few of them in its message, and then `advice`. */
export function rejectGraph(faults: GraphFault[], advice: string[] = []): never {
  const shown = faults.slice(0, SHOWN_IN_DETAIL).map(({ message }) => message);
  const hidden = faults.length - shown.length;
  const rest = hidden > 0 ? [`And ${hidden} more.`] : [];
  throw new AppError('graph_rejected', [...shown, ...rest, ...advice].join(' '), faults);
}
