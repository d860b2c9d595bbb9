import type { ModelFiles } from '../catalog/modelFiles';
import type { JsonObject } from '../json';
import type { NodeResult } from '../nodes/nodeKind';
import type { HistoryEntry } from '../queue/history';
import type { FaultyExchange } from './faultyExchange';

const prompt = ['prompt_id', 'client_id'] as const;
const node = [...prompt, 'node_id', 'node_class'] as const;
const frame = ['event', 'client_id'] as const;
const exchange = ['method', 'path'] as const;

/**
 * The named places where a fault can bite, and what is known there, which is what `match` can ask
 * for. `now` is no place but the moment a fault is switched on.
 */
export const points = {
  now: [],
  'server.start': [],
  'http.request': exchange,
  'prompt.queued': prompt,
  'worker.idle': [],
  'run.started': prompt,
  'node.run': node,
  'node.result': node,
  'run.end': prompt,
  'run.succeeded': prompt,
  'history.write': prompt,
  'history.written': prompt,
  'frame.ready': frame,
  'frame.sent': frame,
  'models.listed': [],
} as const satisfies Record<string, readonly string[]>;

export type Point = keyof typeof points;
export type MatchKey = (typeof points)[Point][number];
export const matchKeys: readonly MatchKey[] = [...new Set(Object.values(points).flat())];

/** What a hook tells beside the facts. */
interface Subjects {
  'http.request': { readonly exchange: FaultyExchange };
  'node.run': { readonly inputs: Readonly<Record<string, unknown>> };
  'run.end': { readonly node_id: string; readonly node_type: string; readonly executed: string[] };
  /** When the frame was made, by `performance.now()`. */
  'frame.ready': { readonly madeAt: number };
}

/** Where a hook is; undefined is what is absent there, e.g. the client of a prompt without one. */
export type Scene<P extends Point> = Readonly<
  Record<(typeof points)[P][number], string | undefined>
> &
  (P extends keyof Subjects ? Subjects[P] : unknown);

/** What may be known where a fault could bite. */
export interface Facts extends Readonly<Partial<Record<MatchKey, string | undefined>>> {
  readonly inputs?: Readonly<Record<string, unknown>>;
}

/** What passes a point and can be exchanged there for something else. */
export interface Values {
  'node.result': NodeResult;
  'run.end': readonly [event: string, data: JsonObject];
  'history.write': HistoryEntry;
  /** Undefined is a lost frame. */
  'frame.sent': string | Buffer | undefined;
  'models.listed': ModelFiles;
}
