import type { Generation, SocketMessage } from '@avatarforge/contracts';
import type { LoggedEvent } from '@avatarforge/db';
import type { LivePreview, LiveProgress } from '@avatarforge/queue';

/** How a kind of client is told things. What goes to many is written once: the same message gives the same string. */
export interface LiveFormat {
  event(event: LoggedEvent): string;
  progress(progress: LiveProgress): string;
  preview(preview: LivePreview): string;
  /** `id`: of the last event that it includes. */
  snapshot(id: string, generation: Generation): string;
  /** What came after the client's last event is not known any more. */
  reset(): string;
  /** All that was is told; what follows comes after this event. Empty where that need not be said. */
  caughtUp(id: string): string;
  /** Keeps the connection open through whatever is between; empty where something else does. */
  heartbeat(): string;
}

/** Server-sent events. One without an id leaves the last id of the client as it was. */
export const SSE_FORMAT: LiveFormat = {
  event: once(({ id, event, body }: LoggedEvent) => toBlock(event, body, id)),
  progress: once((progress: LiveProgress) => toBlock('progress', progress)),
  preview: once((preview: LivePreview) => toBlock('preview', preview)),
  snapshot: (id, generation) => toBlock('snapshot', generation, id),
  reset: () => toBlock('reset', {}),
  // Without data it dispatches nothing, and is kept as the last id.
  caughtUp: (id) => `id: ${id}\n\n`,
  heartbeat: () => ': still here\n\n',
};

/** Messages of the WebSocket. */
export const SOCKET_FORMAT: LiveFormat = {
  event: once(({ id, body }: LoggedEvent) => JSON.stringify({ type: 'event', id, event: body })),
  progress: once((progress: LiveProgress) => toText({ type: 'progress', progress })),
  preview: once((preview: LivePreview) => toText({ type: 'preview', preview })),
  snapshot: (id, generation) => toText({ type: 'snapshot', id, generation }),
  reset: () => toText({ type: 'reset' }),
  caughtUp: () => '',
  heartbeat: () => '',
};

/** A message of the WebSocket as text. */
export function toText(message: SocketMessage): string {
  return JSON.stringify(message);
}

function toBlock(event: string, data: unknown, id?: string): string {
  const head = id === undefined ? '' : `id: ${id}\n`;
  return `${head}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

function once<T extends object>(write: (message: T) => string): (message: T) => string {
  const written = new WeakMap<T, string>();
  return (message) => {
    const text = written.get(message) ?? write(message);
    written.set(message, text);
    return text;
  };
}
