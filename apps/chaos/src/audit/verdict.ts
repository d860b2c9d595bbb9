/** What the witnesses disagree about. */
export interface Violation {
  kind: ViolationKind;
  generationId: string | null;
  /** A sentence. */
  text: string;
}

/** What kinds of disagreement there are. */
export type ViolationKind =
  | 'lost'
  | 'duplicated'
  | 'wrong_terminal'
  | 'ran_in_vain'
  | 'ran_twice'
  | 'stray_published'
  | 'orphan_blob'
  | 'dangling_file'
  | 'webhook_missing'
  | 'webhook_forged';
