import { WebSocket, type RawData } from 'ws';
import { parseAddress } from './address';
import { refusal } from './http';

const MAX_FRAME_BYTES = 100 * 1024 * 1024;
const CLOSE_TIMEOUT_MS = 1_000;
/** Asks for previews that name their prompt. Counts only as the first frame. */
const FEATURE_FLAGS = JSON.stringify({
  type: 'feature_flags',
  data: { supports_preview_metadata: true },
});

/** Why a socket is closed: `asked` by us, `lost` by the other side, or `silent` to our pings. */
export interface SocketClose {
  reason: 'asked' | 'lost' | 'silent';
  /** The WebSocket close code; 1006 without a close frame. */
  code: number;
  cause?: Error;
}

export interface WireOptions {
  baseUrl: string;
  clientId: string;
  signal: AbortSignal | undefined;
  /** Between pings, and for the answer to one. */
  pingMs: number;
  onFrame: (frame: Buffer, isBinary: boolean) => void;
}

/** A WebSocket with its life: flags first, pings while it lives, one close at its end. */
export interface Wire {
  /** When the latest sign of life came, a frame or the answer to a ping; by `performance.now()`. */
  heardAt: () => number;
  /** Resolves when the socket is gone, also when it never came to be. */
  closed: Promise<SocketClose>;
  /** Cuts the connection at once. */
  cut: (ending: Omit<SocketClose, 'code'>) => void;
  /** Says goodbye, and cuts when that is not answered within a second. */
  close: () => Promise<void>;
}

export function openWire({ baseUrl, clientId, signal, pingMs, onFrame }: WireOptions): Wire {
  const address = parseAddress(baseUrl);
  const ws = new WebSocket(address.socket(clientId), {
    headers: address.headers,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
  });
  let ending: Omit<SocketClose, 'code'> | undefined;
  const cut: Wire['cut'] = (end) => {
    ending ??= end;
    ws.terminate();
  };
  const abort = () => {
    cut({ reason: 'asked' });
  };
  let heardAt = performance.now();
  const hear = () => {
    heardAt = performance.now();
  };
  const pinging = setInterval(
    pinger(ws, () => heardAt, cut),
    pingMs,
  );
  signal?.addEventListener('abort', abort);
  ws.on('open', () => {
    ws.send(FEATURE_FLAGS);
  });
  ws.on('pong', hear);
  ws.on('message', (data, isBinary) => {
    hear();
    onFrame(toBuffer(data), isBinary);
  });
  ws.on('unexpected-response', (_, { statusCode = 0 }) => {
    cut({ reason: 'lost', cause: refusal({ path: '/api/ws' }, statusCode) });
  });
  // At once: after a broken frame, ws would wait for a goodbye.
  ws.on('error', (cause) => {
    cut({ reason: 'lost', cause });
  });
  const closed = new Promise<SocketClose>((resolve) => {
    ws.once('close', (code) => {
      clearInterval(pinging);
      signal?.removeEventListener('abort', abort);
      resolve({ reason: 'lost', ...ending, code });
    });
  });
  const close = async () => {
    ending ??= { reason: 'asked' };
    ws.close(1000);
    const timer = setTimeout(abort, CLOSE_TIMEOUT_MS);
    await closed;
    clearTimeout(timer);
  };
  return { heardAt: () => heardAt, closed, cut, close };
}

/** Pings at each call; cuts when nothing at all came since the last one. */
function pinger(ws: WebSocket, heardAt: () => number, cut: Wire['cut']): () => void {
  let pingedAt = -Infinity;
  return () => {
    if (ws.readyState === WebSocket.CONNECTING) return;
    if (heardAt() < pingedAt) {
      cut({ reason: 'silent' });
      return;
    }
    pingedAt = performance.now();
    ws.ping();
  };
}

function toBuffer(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
