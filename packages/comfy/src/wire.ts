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
  const stopPinging = keepAlive(ws, pingMs, () => {
    cut({ reason: 'silent' });
  });
  signal?.addEventListener('abort', abort);
  ws.on('open', () => {
    ws.send(FEATURE_FLAGS);
  });
  ws.on('message', (data, isBinary) => {
    onFrame(toBuffer(data), isBinary);
  });
  ws.on('unexpected-response', (_, { statusCode = 0 }) => {
    cut({ reason: 'lost', cause: refusal({ path: '/ws' }, statusCode) });
  });
  ws.on('error', (cause) => {
    ending ??= { reason: 'lost', cause };
  });
  const closed = new Promise<SocketClose>((resolve) => {
    ws.once('close', (code) => {
      stopPinging();
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
  return { closed, cut, close };
}

/** Pings every `pingMs`, and calls `onSilence` when nothing at all came since the last ping. */
function keepAlive(ws: WebSocket, pingMs: number, onSilence: () => void): () => void {
  let isHeard = true;
  const hear = () => {
    isHeard = true;
  };
  ws.on('pong', hear);
  ws.on('message', hear);
  const timer = setInterval(() => {
    if (ws.readyState === WebSocket.CONNECTING) return;
    if (!isHeard) {
      onSilence();
      return;
    }
    isHeard = false;
    ws.ping();
  }, pingMs);
  return () => {
    clearInterval(timer);
  };
}

function toBuffer(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
