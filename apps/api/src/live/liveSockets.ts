import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { PROBLEMS, type ProblemCode } from '@avatarforge/contracts';
import { requireScope, type ServiceContext } from '@avatarforge/services';
import { WebSocketServer } from 'ws';
import { isForeignSocket } from '../http/foreignPages';
import type { Credentials } from '../http/identify';
import { toTold } from '../http/problems';
import { LiveSocket, type LiveSocketDeps } from './liveSocket';

export interface LiveSocketsDeps extends LiveSocketDeps {
  /** Whether it serves without API keys. */
  isOpen: boolean;
  stopping: AbortSignal;
}

const PATH = '/v1/events';
const PING_MS = 30_000;
const MAX_SILENT_ROUNDS = 2;
/** Larger messages end the connection; those above what is allowed are told so. */
const MAX_PAYLOAD_BYTES = 1024 * 1024;

/** Takes WebSockets at `/v1/events`. Returns what lets go of all of them. */
export function acceptLiveSockets(server: Server, deps: LiveSocketsDeps): () => void {
  const sockets = new Set<LiveSocket>();
  const webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_PAYLOAD_BYTES,
    clientTracking: false,
    perMessageDeflate: false,
  });
  const upgrade = async (req: IncomingMessage, raw: Duplex, head: Buffer) => {
    const admitted = await admit(req, deps);
    if ('refusal' in admitted) {
      refuse(raw, admitted.refusal);
      return;
    }
    webSockets.handleUpgrade(req, raw, head, (socket) => {
      const live = new LiveSocket(deps, { socket, raw }, admitted.ctx);
      sockets.add(live);
      socket.on('close', () => sockets.delete(live));
    });
  };
  server.on('upgrade', (req, raw: Duplex, head) => {
    raw.on('error', ignore);
    upgrade(req, raw, head).catch((error: unknown) => {
      const { code } = toTold(error);
      if (PROBLEMS[code].status >= 500) deps.onError(error);
      refuse(raw, code);
    });
  });
  const pinging = setInterval(() => {
    for (const socket of sockets) socket.ping(MAX_SILENT_ROUNDS);
  }, PING_MS);
  pinging.unref();
  const letGo = () => {
    for (const socket of sockets) socket.close('stopping');
  };
  deps.stopping.addEventListener('abort', letGo);
  server.once('close', () => {
    clearInterval(pinging);
  });
  return letGo;
}

/** Who it is; null: it is still to say so. */
async function admit(
  req: IncomingMessage,
  { identify, isOpen, stopping }: LiveSocketsDeps,
): Promise<{ ctx: ServiceContext | null } | { refusal: ProblemCode }> {
  const from = toCredentials(req);
  if (req.url?.split('?', 1)[0] !== PATH) return { refusal: 'not_found' };
  if (isOpen && isForeignSocket(from)) return { refusal: 'foreign_page' };
  if (stopping.aborted) return { refusal: 'service_unavailable' };
  const hasKey = from.get('Authorization') !== undefined || from.get('X-API-Key') !== undefined;
  if (!isOpen && !hasKey) return { ctx: null };
  const ctx = await identify(from);
  if (!ctx) return { refusal: 'unauthorized' };
  requireScope(ctx, 'generations:read');
  return { ctx };
}

function toCredentials(req: IncomingMessage): Credentials {
  return {
    get(name) {
      const value = req.headers[name.toLowerCase()];
      return typeof value === 'string' ? value : undefined;
    },
  };
}

function refuse(raw: Duplex, code: ProblemCode): void {
  const { status, title } = PROBLEMS[code];
  const body = JSON.stringify({ type: `/problems/${code}`, title, status, detail: title, code });
  raw.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\n` +
      `Content-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function ignore(): void {
  // A connection that breaks is closed, and its close is heard.
}
