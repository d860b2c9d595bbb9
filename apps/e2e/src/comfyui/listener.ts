import { randomUUID } from 'node:crypto';
import { openComfySocket, type ComfyEvent } from '@avatarforge/comfy';
import { eventually } from '@avatarforge/testing';

/** A socket that remembers what it heard. */
export interface Listener {
  clientId: string;
  events: readonly ComfyEvent[];
  /** What it heard of one prompt. */
  heardOf(promptId: string): ComfyEvent[];
  /** Waits for an event of this type about the prompt. */
  until(promptId: string, type: ComfyEvent['type']): Promise<void>;
  close(): Promise<void>;
}

export async function openListener(baseUrl: string, patienceMs: number): Promise<Listener> {
  const clientId = randomUUID();
  const events: ComfyEvent[] = [];
  const socket = await openComfySocket({
    baseUrl,
    clientId,
    onEvent: (event) => {
      events.push(event);
    },
    onClose: () => undefined,
  });
  const heardOf = (promptId: string) =>
    events.filter((event) => 'promptId' in event && event.promptId === promptId);
  return {
    clientId,
    events,
    heardOf,
    until: async (promptId, type) => {
      await eventually(() => heardOf(promptId).some((event) => event.type === type), {
        timeoutMs: patienceMs,
      });
    },
    close: () => socket.close(),
  };
}

/** What happened, in words: each node that worked, and each kind of event once in a row. */
export function story(events: readonly ComfyEvent[]): string[] {
  const words = events.map((event) =>
    event.type === 'executing' || event.type === 'executed'
      ? `${event.type} ${event.nodeId}`
      : event.type,
  );
  return words.filter((word, at) => word !== words[at - 1] && word !== 'preview');
}
