/** Every way in which a graph can be wrong. */
export const GRAPH_ISSUE_CODES = [
  'not_a_graph',
  'ui_format',
  'too_many_nodes',
  'malformed_node',
  'no_outputs',
  'unknown_node',
  'required_input_missing',
  'wrong_type',
  'value_out_of_range',
  'value_not_in_list',
  'missing_model',
  'missing_file',
  'unsafe_name',
  'unsafe_node',
  'broken_link',
  'wrong_link_type',
  'cycle',
  'chain_too_long',
] as const;

export type GraphIssueCode = (typeof GRAPH_ISSUE_CODES)[number];

/** One reason why ComfyUI would refuse a graph, or why it must not be sent. */
export interface GraphIssue {
  code: GraphIssueCode;
  /** Null when it is about the graph as a whole. */
  nodeId: string | null;
  nodeType: string | null;
  field: string | null;
  /** What stands there now, shortened. */
  given: string | null;
  /** Valid names like the given one, the likest first. */
  nearest: string[];
  /** A sentence for the person who made the graph. */
  message: string;
}

/** What a rule found wrong with one input. */
export type Finding = Pick<GraphIssue, 'code' | 'given' | 'nearest'> & {
  /** Ends the sentence that begins with the node. */
  says: string;
};

/** A finding without nearest names. `says` ends the sentence that begins with the node. */
export function finding(code: GraphIssueCode, given: unknown, says: string): Finding {
  return { code, given: describe(given), nearest: [], says };
}

const MAX_SHOWN = 120;

/** A value in a few words: shortened, and never walked into. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return shorten(value);
  if (Array.isArray(value)) return `a list of ${String(value.length)}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return shorten(String(value));
}

export function shorten(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

/** Says which names are nearest to the given one. */
export function nameNearest(names: readonly string[]): string {
  return `the nearest ${names.length === 1 ? 'is' : 'are'} ${quoteNames(names)}`;
}

/** Names as a sentence has them: “a”, “b” and “c”. */
export function quoteNames(names: readonly string[]): string {
  const quoted = names.map((name) => `“${shorten(name)}”`);
  const last = quoted.pop() ?? '';
  return quoted.length > 0 ? `${quoted.join(', ')} and ${last}` : last;
}
