import { ComfyUnavailableError } from './errors';
import { readTextFrame, type ComfyEvent } from './events';
import { readBinaryFrame, type Subject } from './frames';
import { openWire, type SocketClose } from './wire';

export interface SocketOptions {
  baseUrl: string;
  /** Prompts submitted under this id send their events here. Two open sockets never share one. */
  clientId: string;
  /** Cuts the socket, or the wait for it. */
  signal?: AbortSignal;
  /** Gets every event in order, the first even before the socket is handed out. Must not throw. */
  onEvent: (event: ComfyEvent) => void;
  /** Called exactly once for every socket that was handed out, after its last event. */
  onClose: (close: SocketClose) => void;
  /** For the first status frame; 10 s when absent. */
  openTimeoutMs?: number;
  /** Between pings, and for the answer to one; 20 s when absent. */
  pingMs?: number;
}

export interface ComfySocket {
  readonly clientId: string;
  /** When its latest sign of life came: a frame, or the answer to a ping; by `performance.now()`. */
  lastHeardAt(): number;
  /** Closes the socket; resolves when it is gone and `onClose` has been called. */
  close(): Promise<void>;
}

const NOTHING: Subject = { promptId: null, nodeId: null };

/**
 * Opens the socket of `clientId`; resolves when its first status frame came, so that whatever is
 * submitted from then on is heard. It never reconnects by itself.
 * @throws ComfyUnavailableError when it cannot be opened in time, or the signal's reason.
 */
export async function openComfySocket(options: SocketOptions): Promise<ComfySocket> {
  const { baseUrl, clientId, signal, onEvent, onClose } = options;
  signal?.throwIfAborted();
  let subject = NOTHING;
  let open: () => void;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const onFrame = (frame: Buffer, isBinary: boolean) => {
    const event = isBinary ? readBinaryFrame(frame, subject) : readTextFrame(frame.toString());
    if (!event) return;
    subject = subjectAfter(event, subject);
    onEvent(event);
    if (event.type === 'status') open();
  };
  const wire = openWire({ baseUrl, clientId, signal, pingMs: options.pingMs ?? 20_000, onFrame });
  const timer = setTimeout(() => {
    wire.cut({ reason: 'silent' });
  }, options.openTimeoutMs ?? 10_000);
  const failed = await Promise.race([opened, wire.closed]);
  clearTimeout(timer);
  if (failed) throw openingError(failed, signal);
  void wire.closed.then(onClose);
  return { clientId, lastHeardAt: wire.heardAt, close: wire.close };
}

/** What a preview without ids shows: the node that worked last. */
function subjectAfter(event: ComfyEvent, subject: Subject): Subject {
  if (event.type === 'finished') return NOTHING;
  const isWork = event.type === 'executing' || event.type === 'progress';
  return isWork ? { promptId: event.promptId, nodeId: event.nodeId } : subject;
}

function openingError({ reason, cause }: SocketClose, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  if (cause instanceof ComfyUnavailableError) return cause;
  const why = reason === 'silent' ? 'did not greet in time' : 'could not be opened';
  const known = { retryable: true, reached: false, cause };
  return new ComfyUnavailableError(`the socket of ComfyUI ${why}`, known);
}
