import { EventEmitter, once } from 'node:events';
import type { Releasers } from '@avatarforge/runtime';
import type { LivePool } from './livePool';

const STOP_MS = 5000;
const END_MS = 60_000;

/** Hears of the ends of generations as a client of the API does. */
export interface EndListener {
  /** When it heard that a generation was completed, milliseconds since 1970; waits for that, a minute at most. */
  endOf: (generationId: string) => Promise<number>;
}

/** Opens the stream of all events of the pool's user. */
export async function listenForEnds(
  { api, key }: LivePool,
  releasers: Releasers,
): Promise<EndListener> {
  const over = new AbortController();
  const endStream = () => {
    over.abort();
    return Promise.resolve();
  };
  releasers.push('stream', endStream, { timeoutMs: STOP_MS });
  const headers = { authorization: `Bearer ${key}`, accept: 'text/event-stream' };
  const response = await fetch(`${api.url}/v1/events`, { headers, signal: over.signal });
  if (!response.ok || !response.body) {
    throw new Error(`the API refused a stream: ${await response.text()}`);
  }
  const ends = new Map<string, number>();
  const heard = new EventEmitter();
  void read(response.body, (id) => {
    ends.set(id, Date.now());
    heard.emit(id);
  });
  return {
    async endOf(id) {
      if (!ends.has(id)) await once(heard, id, { signal: AbortSignal.timeout(END_MS) });
      return ends.get(id) ?? NaN;
    },
  };
}

/** Until the stream is cut off. */
async function read(stream: ReadableStream, onEnd: (id: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const part of stream) {
      const blocks = (rest + decoder.decode(part as Uint8Array, { stream: true })).split('\n\n');
      rest = blocks.pop() ?? '';
      blocks.flatMap(endIn).forEach(onEnd);
    }
  } catch {
    // It was cut off, which is how it ends.
  }
}

/** The generation that an event says is completed, if it says that. */
function endIn(block: string): string[] {
  const data = /^event: generation\.completed\ndata: (.*)$/m.exec(block)?.[1];
  return data === undefined ? [] : [(JSON.parse(data) as { data: { id: string } }).data.id];
}
