import type { Line, RequirementBacklog } from './types';

/** What waits in these lines, by what it needs. */
export function perRequirement(lines: readonly Line[]): RequirementBacklog[] {
  const all = new Map<string, RequirementBacklog>();
  for (const { requirement, lane, waiting, oldestMs } of lines) {
    const entry = all.get(requirement) ?? { requirement, lane, waiting: 0, oldestMs: 0 };
    entry.waiting += waiting;
    entry.oldestMs = Math.max(entry.oldestMs, oldestMs);
    all.set(requirement, entry);
  }
  return [...all.values()];
}
