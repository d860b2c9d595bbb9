import { GenerationParams } from '../generations';
import { StreamQuery } from '../live';
import type { Operation } from '../operation';

const RESUMING =
  'Begins with a `snapshot`, or, with `Last-Event-ID`, with all that came after that event. See docs/live.md.';

/** Live updates. */
export const liveOperations = {
  streamGeneration: {
    method: 'get',
    path: '/v1/generations/{id}/events',
    tag: 'Live',
    summary: 'Watch one generation (server-sent events)',
    description: `${RESUMING} Ends with the event that makes the generation final.`,
    scope: 'generations:read',
    params: GenerationParams,
    query: StreamQuery,
    status: 200,
    response: null,
    contentType: 'text/event-stream',
    problems: ['not_found', 'validation_failed', 'too_many_streams'],
  },
  streamEvents: {
    method: 'get',
    path: '/v1/events',
    tag: 'Live',
    summary: 'Watch everything of yours (server-sent events, or a WebSocket)',
    description: `${RESUMING} Asked for with \`Upgrade: websocket\`, it is a WebSocket.`,
    scope: 'generations:read',
    query: StreamQuery,
    status: 200,
    response: null,
    contentType: 'text/event-stream',
    problems: ['validation_failed', 'too_many_streams'],
  },
} as const satisfies Record<string, Operation>;
