/** What the witnesses disagree about. */
export interface Violation {
  kind: ViolationKind;
  generationId: string | null;
  /** A sentence. */
  text: string;
}

export const VIOLATION_KINDS = [
  'lost',
  'duplicated',
  'wrong_terminal',
  'ran_in_vain',
  'ran_twice',
  'stray_published',
  'orphan_blob',
  'dangling_file',
  'webhook_missing',
  'webhook_forged',
] as const;
export type ViolationKind = (typeof VIOLATION_KINDS)[number];
