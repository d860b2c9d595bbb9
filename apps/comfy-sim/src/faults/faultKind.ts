import { z } from 'zod';
import type { Facts, Point, Scene, Values } from './points';

/** The running server, as far as a fault can lay hands on it. */
export interface FaultyServer {
  /** Aborts when this life of the server ends. */
  readonly signal: AbortSignal;
  readonly queue: {
    delete(promptId: string): void;
    clear(): void;
    readonly history: { clear(): void };
  };
  /** Its sockets; those of one client when it is named. */
  readonly hub: {
    connections(clientId?: string): Iterable<{ terminate(): void; pause(): void }>;
    forget(clientId?: string): void;
  };
  /** Dies at once; comes back after a time, or never. */
  crash(downMs: number | undefined): void;
  /** Takes no new connection for a time. */
  refuseConnections(ms: number): void;
}

/** What a fault has at hand when it bites. */
export interface Bite {
  readonly server: FaultyServer;
  /** Aborts when the fault is removed. */
  readonly removal: AbortSignal;
  /** Lets time pass; rejects when the server's life ends. */
  readonly wait: (ms: number) => Promise<void>;
}

/** At some points a fault acts: it waits, throws, or changes the server. */
type Acts<Given> = {
  readonly [P in Point]?: (given: Given, scene: Scene<P>, bite: Bite) => void | Promise<void>;
};

/** At others it alters what passes. */
type Alters<Given> = {
  readonly [P in keyof Values]?: (given: Given, value: Values[P], scene: Scene<P>) => Values[P];
};

interface Definition<Shape extends z.ZodRawShape, Given = z.output<z.ZodObject<Shape>>> {
  /** What a client sees, one line for the README. */
  readonly summary: string;
  readonly parameters: Shape;
  /** Whether it concerns a scene at all, before `match` is asked. */
  concerns?(given: Given, scene: Facts): boolean;
  readonly acts?: Acts<Given>;
  readonly alters?: Alters<Given>;
}

/** One kind of fault. */
export type FaultKind<Shape extends z.ZodRawShape = z.ZodRawShape> = Definition<Shape, never>;

/** Declares a kind; its acts see the parameters with their types. */
export function faultKind<Shape extends z.ZodRawShape>(
  definition: Definition<Shape>,
): FaultKind<Shape> {
  return definition;
}

/** Points at which something can be told to happen to the server as a whole. */
const moments = [
  'now',
  'http.request',
  'prompt.queued',
  'run.started',
  'node.run',
  'run.succeeded',
  'history.written',
] as const satisfies readonly Point[];

/** Declares a kind that does one thing to the server, at a moment of choice. */
export function momentKind<Shape extends z.ZodRawShape>(definition: {
  readonly summary: string;
  readonly parameters: Shape;
  act(given: z.output<z.ZodObject<Shape>>, bite: Bite): void;
}): FaultKind<Shape & { at: z.ZodDefault<z.ZodEnum> }> {
  const { summary, parameters } = definition;
  const at = z.enum(moments).default('now');
  const act = (given: never, _scene: unknown, bite: Bite) => {
    definition.act(given, bite);
  };
  const acts = Object.fromEntries(moments.map((point) => [point, act]));
  return { summary, parameters: { at, ...parameters }, acts };
}

/** A number of milliseconds. */
export const milliseconds = z.int().min(0).max(86_400_000);
