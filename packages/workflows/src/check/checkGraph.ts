import { PREFIX_FIELD } from '../outputPrefix';
import { checkLink, isFollowed, linkedId, missingSource, type LinkSource } from './checkLink';
import { checkValue } from './checkValue';
import { finding, nameNearest, shorten, type Finding, type GraphIssue } from './graphIssue';
import { orderLinks, type LinkOrder } from './linkOrder';
import { createNearestFinder, type NearestFinder } from './nearestFinder';
import { findDefinition, type NodeCatalog, type NodeDefinition } from './nodeDefinition';
import type { InputDefinition } from './nodeInputs';
import { own } from './plainObject';
import { readGraph, type GraphNode } from './readGraph';
import { isUnsafeClass } from './unsafeNodes';

const MAX_NODES = 2000;
/** ComfyUI follows links by recursion, of which Python stops past some 950. */
const MAX_CHAIN = 900;
const MAX_ISSUES = 100;

/** Inputs whose class takes values beside its list, which no catalog says: node class → field. */
const OPEN_LISTS: ReadonlyMap<string, string> = new Map([
  ['CustomCombo', 'choice'],
  ['SelectModelDevice', 'device'],
  ['SelectCLIPDevice', 'device'],
  ['SelectVAEDevice', 'device'],
]);

/** What a check takes into account beside graph and catalog. */
export interface CheckOptions {
  /** Inputs that are given the name of an uploaded file before dispatch, whatever stands there now. */
  uploads?: readonly { node: string; field: string }[];
  /** Larger graphs are refused. Default 2,000. */
  maxNodes?: number;
}

/**
 * Judges an API-format graph by the rules of ComfyUI's own validation, and names everything that is wrong, up to 100
 * issues: none means that an instance with this catalog accepts the whole graph. Every `filename_prefix` that is given
 * counts as good, since {@link withOutputPrefix} replaces it. Never throws on what JSON can hold.
 *
 * Stricter than ComfyUI where what it accepts is bound to fail or to do harm: one bad output of several, a node without
 * inputs, a dynamic choice without a valid key, a file name that leads elsewhere than to a file of the input folder, a node
 * class that works on whole folders of the server, a chain of more than 900 nodes;
 * and a link that ComfyUI does not validate but follows (in an input that no class declares, or wrapped as a value): one to
 * a missing node ends the worker of the instance for good.
 *
 * Without a catalog only what holds for every instance is judged: the shape, and that links lead to nodes and not in circles.
 */
export function checkGraph(
  graph: unknown,
  catalog: NodeCatalog | null,
  { uploads = [], maxNodes = MAX_NODES }: CheckOptions = {},
): GraphIssue[] {
  const read = readGraph(graph, maxNodes);
  if (!read.nodes) return read.issues.slice(0, MAX_ISSUES);
  const nodes = resolveNodes(read.nodes, catalog, uploads);
  const issues: GraphIssue[] = [];
  for (const issue of findIssues(nodes, catalog)) {
    issues.push(issue);
    if (issues.length === MAX_ISSUES) break;
  }
  return issues;
}

function* findIssues(nodes: Nodes, catalog: NodeCatalog | null): Generator<GraphIssue> {
  const nearest = createNearestFinder();
  const all = [...nodes.values()];
  const roots = all.filter(({ definition }) => !definition || definition.isOutput);
  if (roots.length === 0) yield noOutputs();
  for (const node of all) {
    if (isUnsafeClass(node.className)) yield unsafeNode(node);
    else if (!node.definition) yield unknownNode(node, catalog ?? {}, nearest);
  }
  const order = orderLinks(
    roots.map(({ id }) => id),
    (id) => sourcesOf(nodes, id),
  );
  for (const id of order.reached) yield* checkInputs(nodes, id, nearest);
  yield* checkShape(nodes, order);
}

/** A node with what its class says of it: `definition` is null when the catalog has no such class. */
interface CheckedNode extends GraphNode {
  definition: NodeDefinition | null;
  /** Without the inputs that are replaced before dispatch. */
  declared: Map<string, InputDefinition>;
  /** Links in inputs that the class does not declare: not validated by ComfyUI, yet followed when it runs. */
  strayLinks: Map<string, string>;
}

type Nodes = Map<string, CheckedNode>;

/** A class of which nothing is known: it may be what a graph is run for, and may take anything. */
const ANY_CLASS: NodeDefinition = { isOutput: true, outputs: [], inputsFor: () => new Map() };

function resolveNodes(
  nodes: Map<string, GraphNode>,
  catalog: NodeCatalog | null,
  uploads: NonNullable<CheckOptions['uploads']>,
): Nodes {
  const resolved: Nodes = new Map();
  for (const [id, node] of nodes) {
    const definition = catalog ? findDefinition(catalog, node.className) : ANY_CLASS;
    const declared = definition?.inputsFor(node.inputs) ?? new Map<string, InputDefinition>();
    const strayLinks = definition ? findStrayLinks(node, declared) : new Map<string, string>();
    resolved.set(id, { ...node, definition, declared, strayLinks });
    if (Object.hasOwn(node.inputs, PREFIX_FIELD)) drop(resolved, id, PREFIX_FIELD);
  }
  for (const { node, field } of uploads) drop(resolved, node, field);
  return resolved;
}

/** Takes an input that is replaced before dispatch out of the check. */
function drop(nodes: Nodes, id: string, field: string): void {
  nodes.get(id)?.declared.delete(field);
  nodes.get(id)?.strayLinks.delete(field);
}

function findStrayLinks({ inputs }: GraphNode, declared: CheckedNode['declared']) {
  const stray = Object.entries(inputs).flatMap(([field, value]): [string, string][] => {
    const source = declared.has(field) || !isFollowed(value) ? null : linkedId(value);
    return source === null ? [] : [[field, source]];
  });
  return new Map(stray);
}

/** The nodes that a node is linked to. Of a missing class every link counts, to name what else is wrong behind it. */
function sourcesOf(nodes: Nodes, id: string): string[] {
  const node = nodes.get(id);
  if (!node) return [];
  const { declared, strayLinks, inputs } = node;
  const fields = node.definition ? [...declared.keys(), ...strayLinks.keys()] : Object.keys(inputs);
  return fields.flatMap((field) => {
    const source = linkedId(own(inputs, field));
    return source !== null && nodes.has(source) ? [source] : [];
  });
}

function* checkInputs(nodes: Nodes, id: string, nearest: NearestFinder): Generator<GraphIssue> {
  const node = nodes.get(id);
  if (!node) return;
  for (const [field, input] of node.declared) {
    const found = checkInput(node, field, input, { nodes, nearest });
    if (found) yield toIssue(node, field, found);
  }
  for (const [field, source] of node.strayLinks) {
    if (!nodes.has(source)) yield toIssue(node, field, missingSource(field, source));
  }
}

function checkInput(
  node: CheckedNode,
  field: string,
  input: InputDefinition,
  { nodes, nearest }: { nodes: Nodes; nearest: NearestFinder },
): Finding | null {
  const value = own(node.inputs, field);
  if (value === undefined) return input.isRequired ? missing(field) : null;
  if (Array.isArray(value)) {
    return checkLink(value, field, input, (id): LinkSource | undefined => nodes.get(id));
  }
  if (OPEN_LISTS.get(node.className) === field) return null;
  return checkValue(value, field, input, nearest);
}

function missing(field: string): Finding {
  return { ...finding('required_input_missing', null, `${field} is missing.`), given: null };
}

function unknownNode(node: CheckedNode, catalog: NodeCatalog, find: NearestFinder): GraphIssue {
  const nearest = find(node.className, Object.keys(catalog));
  const hint = nearest.length > 0 ? `; ${nameNearest(nearest)}` : '';
  const says = `this kind of node is not installed${hint}.`;
  return toIssue(node, null, { ...finding('unknown_node', node.className, says), nearest });
}

function unsafeNode(node: CheckedNode): GraphIssue {
  const says = 'it reads or writes folders of the server that all share, and is not allowed here.';
  return toIssue(node, null, finding('unsafe_node', node.className, says));
}

function checkShape(nodes: Nodes, { cycles, longest }: LinkOrder): GraphIssue[] {
  const issues = cycles.flatMap((ring) => {
    const node = nodes.get(ring[0] ?? '');
    const says = `it needs its own output: ${nameRing(ring)}.`;
    return node ? [toIssue(node, null, finding('cycle', ring[0], says))] : [];
  });
  const end = nodes.get(longest.end ?? '');
  if (!end || longest.length <= MAX_CHAIN) return issues;
  const says = `it ends a chain of ${longest.length} nodes; ComfyUI follows at most ${MAX_CHAIN}.`;
  return [...issues, toIssue(end, null, finding('chain_too_long', longest.length, says))];
}

/** Links are written against the flow: each of these takes from the next. */
function nameRing(ring: readonly string[]): string {
  const shown = ring.length > 6 ? [...ring.slice(0, 5), '…'] : ring;
  return [...shown, ring[0] ?? ''].map(shorten).join(' ← ');
}

function toIssue(node: CheckedNode, field: string | null, { says, ...found }: Finding): GraphIssue {
  const nodeId = shorten(node.id);
  const nodeType = shorten(node.className);
  return { ...found, nodeId, nodeType, field, message: `Node ${nodeId} (${nodeType}): ${says}` };
}

function noOutputs(): GraphIssue {
  return {
    ...{ nodeId: null, nodeType: null, field: null, given: null, nearest: [] },
    code: 'no_outputs',
    message: 'The graph has no node that gives a result, such as SaveImage.',
  };
}
